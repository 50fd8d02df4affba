import type { Migration } from 'kysely';

import * as first from './0001-first';
import * as rights from './0004-rights';

/** In order; a name, once released, never changes. */
export const migrations: Record<string, Migration> = {
	'0001-first': first,
	'0004-rights': rights,
};

import type { Migration } from 'kysely';

import * as first from './0001-first';
import * as invitations from './0002-invitations';

/** In order; a name, once released, never changes. */
export const migrations: Record<string, Migration> = {
	'0001-first': first,
	'0002-invitations': invitations,
};

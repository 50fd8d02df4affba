import type { Migration } from 'kysely';

import * as first from './0001-first';
import * as registrations from './0003-registrations';

/** In order; a name, once released, never changes. */
export const migrations: Record<string, Migration> = {
	'0001-first': first,
	'0003-registrations': registrations,
};

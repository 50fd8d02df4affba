import type { Migration } from 'kysely';

import * as first from './0001-first';
import * as invitations from './0002-invitations';
import * as registrations from './0003-registrations';
import * as rights from './0004-rights';
import * as messageByContact from './0005-message-by-contact';
import * as lines from './0006-lines';
import * as setbacks from './0009-setbacks';
import * as peopleWithoutNumber from './0013-people-without-number';
import * as invitationsSent from './0021-invitations-sent';

/** In order; a name, once released, never changes. */
export const migrations: Record<string, Migration> = {
	'0001-first': first,
	'0002-invitations': invitations,
	'0003-registrations': registrations,
	'0004-rights': rights,
	'0005-message-by-contact': messageByContact,
	'0006-lines': lines,
	'0009-setbacks': setbacks,
	'0013-people-without-number': peopleWithoutNumber,
	'0021-invitations-sent': invitationsSent,
};

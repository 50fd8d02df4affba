import type { Migration } from 'kysely';

import * as first from './0001-first';
import * as invitations from './0002-invitations';
import * as registrations from './0003-registrations';
import * as rights from './0004-rights';
import * as messageByContact from './0005-message-by-contact';
import * as lines from './0006-lines';
import * as setbacks from './0009-setbacks';
import * as peopleWithoutNumber from './0013-people-without-number';
import * as formerUserIds from './0014-former-user-ids';
import * as oneTry from './0015-one-try';
import * as onceAPerson from './0016-once-a-person';
import * as handOvers from './0017-hand-overs';
import * as slowedAt from './0018-slowed-at';
import * as seals from './0019-seals';
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
	'0014-former-user-ids': formerUserIds,
	'0015-one-try': oneTry,
	'0016-once-a-person': onceAPerson,
	'0017-hand-overs': handOvers,
	'0018-slowed-at': slowedAt,
	'0019-seals': seals,
	'0021-invitations-sent': invitationsSent,
};

import { randomBytes, randomUUID } from 'node:crypto';

import type { Channel, Purpose } from '../../domain/channel';
import { clickToChatLink, clickToChatText } from '../../domain/clickToChat';
import { groupScope, scopeAll, scopeSms, senderScope } from '../../domain/consent/scope';
import { isOptedOut } from '../../domain/consent/state';
import { InvalidInputError } from '../../domain/errors';
import { INVITATION_CODE_BYTES, newInvitationCode } from '../../domain/invitationCode';
import type { InvitationLimits, LimitRefusal, SentRefusal } from '../../domain/invitationLimits';
import { boundedFields, type PersonFields } from '../../domain/personFields';
import { decide, type PermissionFacts } from '../../domain/permission';
import { normalisePhone } from '../../domain/phone';
import { wordsOf } from '../../store/consentWords';
import { contactsWithNumbers } from '../../store/contacts';
import { type Group, resolveGroups } from '../../store/groups';
import { lockIdentities } from '../../store/identities';
import {
	closeExpired,
	extendInvitation,
	forgetExpiredFields,
	insertInvitation,
	invitationsFor,
	type NewInvitation,
	renewInvitation,
} from '../../store/invitations';
import { factsOf, findKin, type Kin, readWords, type Words } from '../../store/reachability';
import type { Database, InvitationOrigin } from '../../store/schema';
import { resolveSender, type Sender } from '../../store/senders';
import type { Store } from '../../store/store';
import { ensureContact } from '../consent/contactOfPerson';
import { ensurePeople } from '../consent/ensurePeople';
import { wordsByScope } from '../consent/personState';
import { applyConsentSignal } from '../consent/engine';
import { countRequest, countSent, type Invitee, type Refusal, sentEnough } from './limits';
import { wakeInboxes } from '../shared/wakeUp';

/** What shows later what the person was told and agreed to. */
export interface InvitationEvidence {
	formVersion?: string;
	consentText?: string;
	/** The person agreed to advertising by SMS, too. */
	smsConsent?: boolean;
	/** The visitor's address on the network. */
	address?: string;
	userAgent?: string;
}

export interface InviteInput {
	/** SenderRef: '' for the only one. */
	sender: string;
	/** As typed. */
	number: string;
	/** ISO 3166 alpha-2; default: the sender's. */
	country?: string;
	/** Ids or shortcodes; the first stands in the click-to-chat text, the others are joined by whoever answers with the code. */
	groups?: readonly string[];
	language?: string;
	/**
	 * `form`: the person asks for it themselves, at this moment. They get it even after a STOP, because it is their own act; where it must
	 * not be sent it is kept without being told, and nobody at the keyboard learns which. `operator`: the company asks; who is registered
	 * or has opted out is refused.
	 */
	origin: InvitationOrigin;
	evidence: InvitationEvidence;
	/** What the person typed about themselves; their contact gets it when they register. */
	personFields?: PersonFields;
	limits: InvitationLimits;
	/** Default: seven days. */
	expiresInMs?: number;
	/** The trigger whose workflow sends the invitation. */
	inbox?: string | null;
}

/** Why nothing is to be sent. */
export type InvitationRefusal =
	LimitRefusal | SentRefusal | 'alreadyRegistered' | 'onWaitingList' | 'optedOut' | 'smsOptedOut' | 'leftGroup';

export interface InvitationView {
	outcome: 'invited' | InvitationRefusal;
	/** The outcome in a sentence; null for `invited`. */
	reason: string | null;
	/** With everything that hangs on it null where no invitation was made. */
	invitationId: number | null;
	code: string | null;
	/** E.164. */
	phone: string;
	senderPhone: string;
	/** Shortcode of the group in the text. */
	group: string | null;
	/** Shortcodes of all groups. */
	groups: string[];
	link: string | null;
	/** What the link types in for the person. */
	text: string | null;
	/** ISO 8601. */
	expiresAt: string | null;
	/** ISO 8601: when a limit leaves room again. */
	retryAt: string | null;
	/** The event handed over; null where nobody is told. */
	eventId: number | null;
}

const EXPIRES_IN_MS = 7 * 24 * 60 * 60_000;
const LONGEST_EXPIRY_MS = 366 * 24 * 60 * 60_000;
const MOST_GROUPS = 20;

const REASONS: Record<InvitationRefusal, string> = {
	alreadyRegistered: 'The person is registered already.',
	onWaitingList: 'The person is registered already and on the waiting list, because the package is full.',
	optedOut: 'The person has opted out. Only they can come back, by writing START or by filling in the form themselves.',
	smsOptedOut:
		'The person has opted out of SMS, so that no invitation may be sent to them. START by SMS takes that back.',
	leftGroup: 'The person took themselves out of that group. Only their own START with its shortcode brings them back.',
	countryNotAllowed: 'Numbers of this country are not invited. Add the country to those allowed, if that is not meant.',
	numberLimit: 'This number has been invited as often as the limit permits.',
	addressLimit: 'As many invitations as the limit permits have been asked for from this address or its network.',
	invitedSinceStop:
		'The person has opted out and was sent an invitation since, because they had asked for it. No more is sent until they register.',
	unansweredLimit: 'The person has been sent as many invitations as the limit permits and has not written since.',
	overallLimit: 'As many invitations as the limit permits have been asked for.',
};

/** One call with everything it names looked up. */
interface Guest {
	input: InviteInput;
	sender: Sender;
	phone: string;
	groups: Group[];
	expiresAt: number;
}

/**
 * Invites a number to write to a sender: the invitation, its evidence and the event that makes a workflow send it, in one transaction.
 * The company that invites a number again renews its open invitation. Each time a form is filled in there is a code of its own, from which
 * nobody learns whether the number was invited before; what went with it is taken by who answers with it. Inviting is no consent. Who must not be invited, or not now,
 * is told by the outcome.
 * @throws {InvalidInputError} @throws {NotFoundError} for sender or group.
 */
export async function invite(store: Store, input: InviteInput): Promise<InvitationView> {
	const expiresInMs = input.expiresInMs ?? EXPIRES_IN_MS;
	if (!(expiresInMs > 0 && expiresInMs <= LONGEST_EXPIRY_MS))
		throw new InvalidInputError('An invitation expires after more than nothing and at most a year.');
	if ((input.groups ?? []).length > MOST_GROUPS)
		throw new InvalidInputError(`An invitation is for ${MOST_GROUPS} groups at most.`);
	const inboxes: string[] = [];
	const view = await store.transaction(async (db) => {
		inboxes.length = 0;
		const sender = await resolveSender(db, input.sender, 'whatsapp');
		const { phone, country } = normalisePhone(input.number, input.country || sender.country);
		const guest: Guest = {
			input,
			sender,
			phone,
			groups: await resolveGroups(db, input.groups ?? []),
			expiresAt: store.now() + expiresInMs,
		};
		// Before it is counted: who is refused for good must not be told that a limit is reached.
		const standing = input.origin === 'operator' ? (await standingOf(store, db, guest)).refused : null;
		if (standing !== null) return viewOf(guest, standing);
		const limited = await countRequest(store, db, input.limits, {
			origin: input.origin,
			phone,
			country,
			address: input.evidence.address ?? null,
		});
		if (limited) return viewOf(guest, limited);
		const { view: made, inboxes: told } = await inviteGuest(store, db, guest);
		inboxes.push(...told);
		return made;
	});
	wakeInboxes(inboxes);
	return view;
}

async function inviteGuest(
	store: Store,
	db: Database,
	guest: Guest,
): Promise<{ view: InvitationView; inboxes: string[] }> {
	const { input, sender, phone, groups, expiresAt } = guest;
	const now = store.now();
	const identityId = await lockPerson(store, db, phone);
	// Only now nobody can say STOP or register any more before this is done.
	const { refused, invitee } = await standingOf(store, db, guest);
	if (refused !== null && input.origin === 'operator') return { view: viewOf(guest, refused), inboxes: [] };
	if (refused === null) await countSent(store, db, invitee);

	const { id, code } = await openInvitation(
		db,
		{
			identityId,
			senderId: sender.id,
			groupIds: groups.map((group) => group.id),
			origin: input.origin,
			evidence: { ...input.evidence, ...(input.language && { language: input.language }) },
			personFields: input.origin === 'form' ? (boundedFields(input.personFields ?? {}) ?? {}) : null,
			expiresAt,
			told: refused === null,
		},
		now,
	);
	// On a form anybody can type anybody's number: the consent waits with the invitation until that number answers with the code.
	if (input.evidence.smsConsent === true && input.origin === 'operator')
		await recordSmsConsent(db, identityId, guest, now);
	const words = { shortcode: groups[0]?.shortcode ?? null, code };
	const link = clickToChatLink({ senderPhone: sender.phone, ...words });
	const signal = await applyConsentSignal(
		store,
		db,
		signalOf(guest, { link, invitationId: id, code, refusal: refused?.refusal ?? null }),
	);
	const view: InvitationView = {
		...viewOf(guest, refused),
		invitationId: id,
		code,
		link,
		text: clickToChatText(words),
		expiresAt: new Date(expiresAt).toISOString(),
		eventId: signal.inboxes.length > 0 ? signal.eventId : null,
	};
	return { view, inboxes: signal.inboxes };
}

/** Why nothing is sent, and when it may be again: UTC ms, null for never by itself. */
interface Refused {
	refusal: InvitationRefusal;
	retryAt: number | null;
}

/** As long as no invitation was made. */
function viewOf({ phone, sender, groups }: Guest, refused: Refused | Refusal | null): InvitationView {
	return {
		outcome: refused?.refusal ?? 'invited',
		reason: refused === null ? null : REASONS[refused.refusal],
		invitationId: null,
		code: null,
		phone,
		senderPhone: sender.phone,
		group: groups[0]?.shortcode ?? null,
		groups: groups.map(({ shortcode }) => shortcode),
		link: null,
		text: null,
		expiresAt: null,
		retryAt: refused?.retryAt ? new Date(refused.retryAt).toISOString() : null,
		eventId: null,
	};
}

/** Why this person is not to be sent an invitation (null: nothing stands against it), and what is counted by. */
async function standingOf(
	store: Store,
	db: Database,
	guest: Guest,
): Promise<{ refused: Refused | null; invitee: Invitee }> {
	const kin = await findKin(db, [{ phone: guest.phone }]);
	const words = await readWords(db, kin.everybody());
	const invitee = inviteeOf(kin, words, guest);
	const refusal = refusalOf(kin, words, guest, store.now());
	const refused =
		refusal === null ? await sentEnough(store, db, guest.input.limits, invitee) : { refusal, retryAt: null };
	return { refused, invitee };
}

function inviteeOf(kin: Kin, words: Words, { phone, sender, groups }: Guest): Invitee {
	const person = { identityId: null, phone };
	const identities = kin.identitiesOf(person);
	const addresses = kin.addressesOf(person);
	const scopes = [scopeAll, senderScope(sender.id), ...groups.map(({ id }) => groupScope(id))];
	// Of who was erased it is not kept here when they said it.
	const optedOutAt = words.outSince(identities, ...scopes) ?? (kin.isSuppressed(addresses, ...scopes) ? 0 : null);
	return { phone, addresses, optedOutAt, lastHeardAt: words.lastInboundAt(identities) };
}

function refusalOf(
	kin: Kin,
	words: Words,
	{ input, sender, phone, groups }: Guest,
	now: number,
): InvitationRefusal | null {
	const facts = (channel: Channel, purpose: Purpose, groupId = 0): PermissionFacts =>
		factsOf(
			kin,
			words,
			{
				identityId: kin.identityOf(phone),
				phone,
				senderId: sender.id,
				groupId,
				channel,
				purpose,
				contentType: 'template',
				insteadOfSenderId: null,
			},
			now,
		);
	const { registration, optedOut } = facts('whatsapp', 'service');
	if (registration?.state === 'active') return 'alreadyRegistered';
	if (registration?.state === 'waiting') return 'onWaitingList';
	if (decide(facts('sms', 'service')) === 'opted out') return 'smsOptedOut';
	// Who fills in the form asks for this very message, whatever they said before; joining is said by their own START.
	if (input.origin === 'form') return null;
	if (optedOut) return 'optedOut';
	const hasLeft = groups.some(({ id }) => decide(facts('whatsapp', 'service', id)) === 'opted out');
	return hasLeft ? 'leftGroup' : null;
}

async function lockPerson(store: Store, db: Database, phone: string): Promise<number> {
	const id = (await ensurePeople(store, db, [phone])).get(phone);
	if (id === undefined) throw new Error('An identity was neither found nor made.');
	await lockIdentities(db, [id]);
	return id;
}

async function openInvitation(
	db: Database,
	wanted: Omit<NewInvitation, 'code'>,
	now: number,
): Promise<{ id: number; code: string }> {
	const open = await invitationsFor(db, { ...wanted, code: null });
	const [newest] = open;
	if (newest && wanted.origin === 'operator') {
		if (newest.origin === 'form' && newest.expiresAt > now) await extendInvitation(db, newest.id, wanted, now);
		else await renewInvitation(db, newest.id, wanted, now);
		return newest;
	}
	await closeExpired(db, wanted, now);
	await forgetExpiredFields(db, now);
	// The limit of reminders is the person's: filling in the form once more gives no new ones.
	const reminders = open.find(({ told, expiresAt }) => told && expiresAt > now)?.reminders ?? 0;
	for (;;) {
		const code = newInvitationCode(randomBytes(INVITATION_CODE_BYTES));
		const id = await insertInvitation(db, { ...wanted, code }, reminders, now);
		// Undefined: one in ten thousand million codes is taken.
		if (id !== undefined) return { id, code };
	}
}

/**
 * Of the contact with that SMS number; a consent recorded earlier stays the one that counts. Against an opt-out nothing is recorded.
 */
async function recordSmsConsent(
	db: Database,
	identityId: number,
	{ phone, sender }: Guest,
	now: number,
): Promise<void> {
	const words = wordsByScope(await wordsOf(db, identityId));
	if (isOptedOut(words, sender.id) || words.get(scopeSms)?.direction === 'out') return;
	const known = (await contactsWithNumbers(db, [phone])).find(({ smsNumber }) => smsNumber === phone);
	const smsConsent = known === undefined || known.smsConsentAt === null ? { source: 'form', at: now } : null;
	await ensureContact(db, { phone, channel: 'sms', profileName: null, smsConsent, now });
}

function signalOf(
	{ input, sender, phone, groups }: Guest,
	{
		link,
		invitationId,
		code,
		refusal,
	}: { link: string; invitationId: number; code: string; refusal: InvitationRefusal | null },
) {
	const shortcodes = groups.map(({ shortcode }) => shortcode);
	return {
		provider: input.origin,
		providerEventId: `invited ${randomUUID()}`,
		kind: 'invited' as const,
		channel: 'whatsapp' as const,
		sender,
		person: { phone, whatsAppUserId: null },
		sentAt: null,
		inbox: refusal === null ? (input.inbox ?? null) : null,
		shortcode: shortcodes[0] ?? null,
		details: { invitationId, code, link, language: input.language ?? sender.language, groups: shortcodes },
		evidence: { ...input.evidence, invitationId, groups: shortcodes, notSent: refusal ?? undefined },
	};
}

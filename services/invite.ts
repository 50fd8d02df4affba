import { randomBytes, randomUUID } from 'node:crypto';

import { clickToChatLink, clickToChatText } from '../domain/clickToChat';
import { InvalidInputError } from '../domain/errors';
import { INVITATION_CODE_BYTES, newInvitationCode } from '../domain/invitationCode';
import { normalisePhone } from '../domain/phone';
import { contactsWithNumbers } from '../store/contacts';
import { type Group, resolveGroup } from '../store/groups';
import { lockIdentities } from '../store/identities';
import { insertInvitation, invitationsFor, type NewInvitation, renewInvitation } from '../store/invitations';
import type { Database } from '../store/schema';
import { resolveSender, type Sender } from '../store/senders';
import type { Store } from '../store/store';
import { ensureContact } from './consent/contact';
import { ensurePeople } from './consent/ensurePeople';
import { applyConsentSignal } from './consentEngine';
import { wakeInboxes } from './wakeUp';

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
	/** Group id or shortcode. */
	group?: string;
	language?: string;
	evidence: InvitationEvidence;
	/** Default: seven days. */
	expiresInMs?: number;
	/** The trigger whose workflow sends the invitation. */
	inbox?: string | null;
}

export interface InvitationView {
	outcome: 'invited' | 'alreadyRegistered';
	invitationId: number;
	code: string;
	/** E.164. */
	phone: string;
	senderPhone: string;
	/** Shortcode. */
	group: string | null;
	link: string;
	/** What the link types in for the person. */
	text: string;
	/** ISO 8601. */
	expiresAt: string;
	/** The event handed over; null where nobody is told. */
	eventId: number | null;
}

const EXPIRES_IN_MS = 7 * 24 * 60 * 60_000;
const LONGEST_EXPIRY_MS = 366 * 24 * 60 * 60_000;

/**
 * Invites a number to write to a sender: the invitation, its evidence and the event that makes a workflow send it, in one transaction.
 * The same number again renews its open invitation, with the same code. Inviting is no consent.
 * @throws {InvalidInputError} @throws {NotFoundError} for sender or group.
 */
export async function invite(store: Store, input: InviteInput): Promise<InvitationView> {
	const expiresInMs = input.expiresInMs ?? EXPIRES_IN_MS;
	if (!(expiresInMs > 0 && expiresInMs <= LONGEST_EXPIRY_MS)) throw new InvalidInputError('An invitation expires after more than nothing and at most a year.');
	const inboxes: string[] = [];
	const view = await store.transaction(async (db) => {
		inboxes.length = 0;
		const sender = await resolveSender(db, input.sender, 'whatsapp');
		const { phone } = normalisePhone(input.number, input.country || sender.country);
		const group = input.group ? await resolveGroup(db, input.group) : null;
		const identityId = await lockPerson(store, db, phone);
		const expiresAt = store.now() + expiresInMs;
		const evidence = { ...input.evidence, ...(input.language && { language: input.language }) };
		const { id, code } = await openInvitation(db, { identityId, senderId: sender.id, groupId: group?.id ?? null, evidence, expiresAt }, store.now());
		if (input.evidence.smsConsent === true) await recordSmsConsent(db, phone, store.now());
		const words = { shortcode: group?.shortcode ?? null, code };
		const link = clickToChatLink({ senderPhone: sender.phone, ...words });
		const signal = await applyConsentSignal(store, db, signalOf(input, { sender, phone, group, link, invitationId: id, code }));
		inboxes.push(...signal.inboxes);
		return {
			outcome: signal.outcome === 'alreadyRegistered' ? ('alreadyRegistered' as const) : ('invited' as const),
			invitationId: id,
			code,
			phone,
			senderPhone: sender.phone,
			group: group?.shortcode ?? null,
			link,
			text: clickToChatText(words),
			expiresAt: new Date(expiresAt).toISOString(),
			eventId: signal.inboxes.length > 0 ? signal.eventId : null,
		};
	});
	wakeInboxes(inboxes);
	return view;
}

async function lockPerson(store: Store, db: Database, phone: string): Promise<number> {
	const id = (await ensurePeople(store, db, [phone])).get(phone);
	if (id === undefined) throw new Error('An identity was neither found nor made.');
	await lockIdentities(db, [id]);
	return id;
}

async function openInvitation(db: Database, wanted: Omit<NewInvitation, 'code'>, now: number): Promise<{ id: number; code: string }> {
	const open = (await invitationsFor(db, { ...wanted, code: null }))[0];
	if (open) {
		await renewInvitation(db, open.id, wanted);
		return open;
	}
	for (;;) {
		const code = newInvitationCode(randomBytes(INVITATION_CODE_BYTES));
		const id = await insertInvitation(db, { ...wanted, code }, now);
		// Undefined: one in ten thousand million codes is taken.
		if (id !== undefined) return { id, code };
	}
}

/** Of the contact with that SMS number; a consent recorded earlier stays the one that counts. */
async function recordSmsConsent(db: Database, phone: string, now: number): Promise<void> {
	const known = (await contactsWithNumbers(db, [phone])).find(({ smsNumber }) => smsNumber === phone);
	const smsConsent = known === undefined || known.smsConsentAt === null ? { source: 'form', at: now } : null;
	await ensureContact(db, { phone, channel: 'sms', profileName: null, smsConsent, now });
}

function signalOf(
	input: InviteInput,
	{ sender, phone, group, link, invitationId, code }: { sender: Sender; phone: string; group: Group | null; link: string; invitationId: number; code: string },
) {
	return {
		provider: 'form' as const,
		providerEventId: `invited ${randomUUID()}`,
		kind: 'invited' as const,
		channel: 'whatsapp' as const,
		sender,
		person: { phone, whatsAppUserId: null },
		sentAt: null,
		inbox: input.inbox ?? null,
		shortcode: group?.shortcode ?? null,
		details: { invitationId, code, link, language: input.language ?? sender.language },
		evidence: { ...input.evidence, invitationId },
	};
}

import { type Selectable, sql } from 'kysely';

import type { Channel } from '../domain/channel';
import { type ProviderName, PROVIDERS } from '../domain/provider';
import { InvalidInputError, NotFoundError } from '../domain/errors';
import { contains } from './database/like';
import type { Database, RegistrationPolicy, SenderTable, StopScope } from './schema';

/** A company number at its provider. */
export interface Sender {
	id: number;
	/** E.164. */
	phone: string;
	name: string;
	provider: ProviderName;
	providerSenderId: string | null;
	smsSenderAddress: string | null;
	sendsWhatsApp: boolean;
	sendsSms: boolean;
	policy: RegistrationPolicy;
	stopScope: StopScope;
	packageLimit: number | null;
	ratePerSecond: number;
	dailyNewRecipientCap: number | null;
	country: string;
	language: string;
	stoppedReason: string | null;
	/** The sender that this number was changed into; null: it is in use. */
	replacedById: number | null;
}

export type NewSender = Omit<Sender, 'id' | 'stoppedReason' | 'replacedById'>;

function toSender(row: Selectable<SenderTable>): Sender {
	return {
		id: row.id,
		phone: row.phone,
		name: row.name,
		provider: row.provider,
		providerSenderId: row.provider_sender_id,
		smsSenderAddress: row.sms_sender_address,
		sendsWhatsApp: row.sends_whatsapp === 1,
		sendsSms: row.sends_sms === 1,
		policy: row.policy,
		stopScope: row.stop_scope,
		packageLimit: row.package_limit,
		ratePerSecond: row.rate_per_second,
		dailyNewRecipientCap: row.daily_new_recipient_cap,
		country: row.country,
		language: row.language,
		stoppedReason: row.stopped_reason,
		replacedById: row.replaced_by_id,
	};
}

function fromSender(sender: NewSender) {
	return {
		phone: sender.phone,
		name: sender.name,
		provider: sender.provider,
		provider_sender_id: sender.providerSenderId,
		sms_sender_address: sender.smsSenderAddress,
		sends_whatsapp: sender.sendsWhatsApp ? 1 : 0,
		sends_sms: sender.sendsSms ? 1 : 0,
		policy: sender.policy,
		stop_scope: sender.stopScope,
		package_limit: sender.packageLimit,
		rate_per_second: sender.ratePerSecond,
		daily_new_recipient_cap: sender.dailyNewRecipientCap,
		country: sender.country,
		language: sender.language,
	};
}

/**
 * @param ref sender id, E.164 number, or '' for the only one of its kind.
 * @param channel what the sender must be able to send; null: one that registrations are with, also a number that was replaced and sends no more.
 * @throws {NotFoundError} @throws {InvalidInputError} when '' could mean several.
 */
export async function resolveSender(db: Database, ref: string, channel: Channel | null): Promise<Sender> {
	const wanted = ref.trim();
	const sender = wanted === '' ? await onlySender(db, channel) : await namedSender(db, wanted);
	if (channel !== null && sender.replacedById !== null) {
		const successor = await senderById(db, sender.replacedById);
		throw new InvalidInputError(
			`The sender ${sender.phone} was replaced by ${successor?.phone ?? 'another number'} and sends no more. Choose that one; who registered with the old number can be invited again.`,
		);
	}
	if (channel === 'whatsapp' && !sender.sendsWhatsApp) {
		throw new InvalidInputError(
			`The sender ${sender.phone} does not send WhatsApp. Choose another, or switch WhatsApp on for it.`,
		);
	}
	if (channel === 'sms' && !sender.sendsSms) {
		throw new InvalidInputError(
			`The sender ${sender.phone} does not send SMS. Choose another, or switch SMS on for it.`,
		);
	}
	return sender;
}

async function onlySender(db: Database, channel: Channel | null): Promise<Sender> {
	let query = db.selectFrom('sender').selectAll().where('replaced_by_id', 'is', null).orderBy('id').limit(2);
	// Registrations are with WhatsApp senders: a number for SMS beside the WhatsApp number is none to choose from.
	query = query.where(channel === 'sms' ? 'sends_sms' : 'sends_whatsapp', '=', 1);
	const [only, other] = await query.execute();
	const kind = channel === 'sms' ? ' for SMS' : ' for WhatsApp';
	if (only === undefined)
		throw new NotFoundError(`There is no sender${kind} yet. Make one with Sender: Create or Update.`);
	if (other !== undefined) {
		throw new InvalidInputError(
			`There are several senders${kind}, among them ${only.phone} and ${other.phone}. Say which one is meant.`,
		);
	}
	return toSender(only);
}

async function namedSender(db: Database, ref: string): Promise<Sender> {
	const digits = ref.replace(/[^\d]/g, '');
	const isId = /^\d{1,15}$/.test(ref);
	const found = await db
		.selectFrom('sender')
		.selectAll()
		.where((where) =>
			where.or([
				...(isId ? [where('id', '=', Number(ref))] : []),
				...(/^[+\d][\d\s()./-]*$/.test(ref) && digits.length > 6 ? [where('phone', '=', `+${digits}`)] : []),
				where('phone', '=', ref),
			]),
		)
		.limit(1)
		.executeTakeFirst();
	if (!found)
		throw new NotFoundError(
			`There is no sender "${ref.slice(0, 40)}". Choose one from the list, or make it with Sender: Create or Update.`,
		);
	return toSender(found);
}

/**
 * The sender a webhook speaks of; undefined where it is not known. Meta's number says more than its id, which stays when a number
 * changes: registrations belong to the number (rule 8).
 */
export async function findSenderOfProvider(
	db: Database,
	told: { provider: ProviderName; providerSenderId: string | null; phone: string | null },
): Promise<Sender | undefined> {
	if (told.providerSenderId === null && told.phone === null) return undefined;
	const rows = await db
		.selectFrom('sender')
		.selectAll()
		.where((where) =>
			where.or([
				...(told.providerSenderId === null
					? []
					: [
							where.and([
								where('provider', '=', told.provider),
								where('provider_sender_id', '=', told.providerSenderId),
							]),
						]),
				...(told.phone === null ? [] : [where('phone', '=', told.phone)]),
			]),
		)
		.execute();
	const byProviderId = rows.find(
		(row) =>
			row.provider === told.provider &&
			row.provider_sender_id === told.providerSenderId &&
			told.providerSenderId !== null,
	);
	const byPhone = rows.find((row) => row.phone === told.phone);
	const found =
		PROVIDERS[told.provider].senderIsKnownBy === 'number' ? (byPhone ?? byProviderId) : (byProviderId ?? byPhone);
	return found && toSender(found);
}

/** The only sender of SMS at a provider whose webhooks do not always say which number was written to. */
export async function findOnlySmsSender(db: Database, provider: ProviderName): Promise<Sender | undefined> {
	const [only, other] = await db
		.selectFrom('sender')
		.selectAll()
		.where('provider', '=', provider)
		.where('sends_sms', '=', 1)
		.limit(2)
		.execute();
	return only && !other ? toSender(only) : undefined;
}

/** Undefined when another transaction has made it meanwhile. */
export async function insertSender(db: Database, sender: NewSender, now: number): Promise<Sender | undefined> {
	const row = await db
		.insertInto('sender')
		.values({ ...fromSender(sender), stopped_reason: null, created_at: now, updated_at: now })
		.onConflict((conflict) => conflict.doNothing())
		.returningAll()
		.executeTakeFirst();
	return row && toSender(row);
}

/** Whether a sender other than this one has its id at the provider. */
export async function isProviderIdTaken(
	db: Database,
	{ provider, providerSenderId }: NewSender,
	ownId: number | null,
): Promise<boolean> {
	if (providerSenderId === null) return false;
	const holder = await db
		.selectFrom('sender')
		.select('id')
		.where('provider', '=', provider)
		.where('provider_sender_id', '=', providerSenderId)
		.executeTakeFirst();
	return holder !== undefined && holder.id !== ownId;
}

/** What stops a sender for as long as it is so: it was replaced, or takes over the opt-outs of the number before it. */
const keptReason = sql<string | null>`case when replaced_by_id is not null or exists (
	select 1 from sender as p where p.replaced_by_id = sender.id and p.carried_through is not null
) then stopped_reason end`;

/** Saving a sender is also how an operator takes away what stopped it. */
export async function updateSender(db: Database, id: number, sender: NewSender, now: number): Promise<Sender> {
	const row = await db
		.updateTable('sender')
		.set({ ...fromSender(sender), stopped_reason: keptReason, updated_at: now })
		.where('id', '=', id)
		.returningAll()
		.executeTakeFirstOrThrow();
	return toSender(row);
}

/** The country all senders share, for numbers typed without prefix; Austria where they differ or there is none: such numbers then need one. */
export async function commonCountry(db: Database): Promise<string> {
	const [one, other] = await db.selectFrom('sender').select('country').distinct().limit(2).execute();
	return one && !other ? one.country : 'AT';
}

export async function senderById(db: Database, id: number): Promise<Sender | undefined> {
	const row = await db.selectFrom('sender').selectAll().where('id', '=', id).executeTakeFirst();
	return row && toSender(row);
}

export async function findSenderByPhone(db: Database, phone: string): Promise<Sender | undefined> {
	const row = await db.selectFrom('sender').selectAll().where('phone', '=', phone).executeTakeFirst();
	return row && toSender(row);
}

/** Ordered by id. */
export async function selectSenders(
	db: Database,
	{ search, limit, afterId }: { search: string; limit: number; afterId: number },
): Promise<Sender[]> {
	let query = db.selectFrom('sender').selectAll().where('id', '>', afterId).orderBy('id').limit(limit);
	if (search !== '') {
		query = query.where((where) =>
			where.or([contains(where.ref('name'), search), contains(where.ref('phone'), search)]),
		);
	}
	return (await query.execute()).map(toSender);
}

export async function findSenderOfProviderId(
	db: Database,
	provider: ProviderName,
	providerSenderId: string,
): Promise<Sender | undefined> {
	const row = await db
		.selectFrom('sender')
		.selectAll()
		.where('provider', '=', provider)
		.where('provider_sender_id', '=', providerSenderId)
		.executeTakeFirst();
	return row && toSender(row);
}

/** A sender with the settings of another and no id at the provider yet. Undefined when another transaction has made it meanwhile. */
export async function copySender(
	db: Database,
	{ id: _id, stoppedReason: _reason, replacedById: _replaced, ...old }: Sender,
	phone: string,
	now: number,
): Promise<Sender | undefined> {
	return await insertSender(
		db,
		{ ...old, phone, name: old.name === old.phone ? phone : old.name, providerSenderId: null },
		now,
	);
}

export async function moveProviderId(
	db: Database,
	fromId: number,
	toId: number,
	providerSenderId: string,
): Promise<void> {
	await db.updateTable('sender').set({ provider_sender_id: null }).where('id', '=', fromId).execute();
	await db.updateTable('sender').set({ provider_sender_id: providerSenderId }).where('id', '=', toId).execute();
}

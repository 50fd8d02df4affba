import { ConflictError, InvalidInputError } from '../../domain/errors';
import { countryOfPhone, normalisePhone } from '../../domain/phone';
import { type ProviderName, PROVIDERS } from '../../domain/provider';
import { addCounts } from '../../store/counters';
import { lockPlaces } from '../../store/identities';
import type { RegistrationPolicy, StopScope } from '../../store/schema';
import {
	findSenderByPhone,
	insertSender,
	isProviderIdTaken,
	type NewSender,
	resolveSender,
	type Sender,
	selectSenders,
	senderById,
	updateSender,
} from '../../store/senders';
import type { Store } from '../../store/store';
import { fillPlaces } from '../consent/waitingList';
import { fillWaiting } from '../consent/fillWaiting';
import { carryPending, replaceNumber } from './companyNumberChange';
import { wakeInboxes } from '../shared/wakeUp';

export { resolveSender, type Sender } from '../../store/senders';

/** A sender as nodes show it. */
export type SenderView = Sender;

/** What is left out keeps its value, or gets the default where the sender is new. */
export interface SenderInput {
	/** With country prefix, or as typed in `country`. */
	phone: string;
	name?: string;
	provider: ProviderName;
	/** Meta: phone_number_id; websms: channel uuid. */
	providerSenderId?: string | null;
	smsSenderAddress?: string | null;
	sendsWhatsApp: boolean;
	sendsSms: boolean;
	policy?: RegistrationPolicy;
	stopScope?: StopScope;
	packageLimit?: number | null;
	ratePerSecond?: number;
	dailyNewRecipientCap?: number | null;
	country?: string;
	language?: string;
	/** SenderRef of the number that this one was changed from: it sends no more, and its opt-outs hold here too. */
	replaces?: string;
}

const LANGUAGES: Partial<Record<string, string>> = { IT: 'it', AT: 'de', DE: 'de', CH: 'de' };

/** What a sender is until somebody says otherwise. @param phone E.164. */
export function defaultSender(phone: string, provider: ProviderName): NewSender {
	const country = countryOfPhone(phone) ?? 'AT';
	return {
		phone,
		name: phone,
		provider,
		providerSenderId: null,
		smsSenderAddress: null,
		sendsWhatsApp: false,
		sendsSms: false,
		policy: 'anyMessage',
		stopScope: 'allSenders',
		packageLimit: null,
		ratePerSecond: PROVIDERS[provider].ratePerSecond,
		dailyNewRecipientCap: null,
		country,
		language: LANGUAGES[country] ?? 'en',
	};
}

/**
 * Makes a sender, or changes the one with that number. Room for more registrations goes to those who wait.
 * Where it replaces another, it sends only when that one's opt-outs are taken over.
 * @throws {InvalidInputError} @throws {ConflictError} when another sender has that id at the provider.
 */
export async function createOrUpdateSender(
	store: Store,
	{ replaces, ...input }: SenderInput,
): Promise<SenderView & { created: boolean }> {
	const { phone } = normalisePhone(input.phone, input.country || 'AT');
	const inboxes: string[] = [];
	let isMore = false;
	const old = replaces ? await store.read((db) => resolveSender(db, replaces, null)) : null;
	if (old?.phone === phone)
		throw new InvalidInputError(`The sender ${phone} cannot replace itself. Choose the old number under Replaces.`);
	const saved = await store.transaction(async (db) => {
		const now = store.now();
		const known = await findSenderByPhone(db, phone);
		if (known) await lockPlaces(db, [known.id]);
		const sender = merged(known ?? defaultSender(phone, input.provider), input);
		assertValid(sender);
		const isTaken = await isProviderIdTaken(db, sender, known?.id ?? null);
		const result = isTaken
			? undefined
			: known
				? await updateSender(db, known.id, sender, now)
				: await insertSender(db, sender, now);
		if (!result)
			throw new ConflictError(
				`Another sender has the id "${sender.providerSenderId}" at ${sender.provider}, or is being made now. Change that one, or enter another id.`,
			);
		const filled = await fillPlaces(store, db, result, `limit ${now}`);
		await addCounts(db, filled.counts);
		inboxes.splice(0, inboxes.length, ...filled.inboxes);
		isMore = filled.isMore;
		return { ...result, created: known === undefined };
	});
	wakeInboxes(inboxes);
	if (isMore) await fillWaiting(store, saved.id);
	if (old) await replaceNumber(store, { oldId: old.id, newId: saved.id });
	else await carryPending(store);
	return { ...((await store.read((db) => senderById(db, saved.id))) ?? saved), created: saved.created };
}

function merged(base: NewSender, input: SenderInput): NewSender {
	const given = Object.fromEntries(
		Object.entries(input).filter(([name, value]) => value !== undefined && name !== 'phone'),
	) as Partial<NewSender>;
	const sender = { ...base, ...given, name: input.name?.trim() || base.name };
	return {
		...sender,
		country: sender.country.toUpperCase(),
		providerSenderId: sender.providerSenderId?.trim() || null,
	};
}

function assertValid({ ratePerSecond, packageLimit, dailyNewRecipientCap, country }: NewSender): void {
	if (!(ratePerSecond > 0 && ratePerSecond <= 10_000)) {
		throw new InvalidInputError(
			`A rate of ${ratePerSecond} messages a second is not possible. Enter a number above 0 and at most 10000.`,
		);
	}
	for (const [what, value] of Object.entries({
		'package limit': packageLimit,
		'cap of new recipients a day': dailyNewRecipientCap,
	})) {
		if (value !== null && !(Number.isInteger(value) && value >= 0))
			throw new InvalidInputError(`The ${what} is a whole number from 0 on, or empty for none; ${value} is not.`);
	}
	if (!/^[A-Z]{2}$/.test(country))
		throw new InvalidInputError(`"${country.slice(0, 20)}" is not a country code. Use two letters, e.g. IT, AT or DE.`);
}

/** By id, a page after `afterId`; `search` looks at name and number. */
export async function listSenders(
	store: Store,
	{ search = '', limit = 50, afterId = 0 }: { search?: string; limit?: number; afterId?: number } = {},
): Promise<SenderView[]> {
	return await store.read((db) => selectSenders(db, { search: search.trim(), limit, afterId }));
}

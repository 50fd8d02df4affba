import { randomBytes } from 'node:crypto';

import { type ChainHead, type LedgerRecord, nextRecord, nextSeal, type RecordDetails } from '../../domain/ledger';
import type { ConsentSignal } from '../../domain/consent/signal';
import type { Group } from '../../store/groups';
import { appendRecords, lockChain, lockStoreChain } from '../../store/ledger';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import type { RegistrationChange } from './change';
import { keptText } from '../../domain/keptText';
import type { ResolvedPerson } from './resolvePerson';
import type { SignalInput } from './signalInput';
import type { WrittenWord } from './writeEffects';

const SALT_BYTES = 16;

/** Appends to the person's chain of consent records; in the transaction that changes what they tell. */
export async function writeRecords(
	store: Store,
	db: Database,
	identityId: number,
	entries: readonly RecordDetails[],
): Promise<void> {
	if (entries.length > 0) await append(store, db, await lockChain(db, identityId), entries);
}

/** Appends to the store's own chain: what is done to many people at once, or to the store itself. Key facts only, nobody's data. */
export async function writeStoreRecord(store: Store, db: Database, details: RecordDetails): Promise<void> {
	await append(store, db, await lockStoreChain(db), [details]);
}

async function append(store: Store, db: Database, chain: ChainHead, entries: readonly RecordDetails[]): Promise<void> {
	const records: Array<Omit<LedgerRecord, 'id'>> = [];
	let head: Pick<ChainHead, 'id' | 'length' | 'head'> = chain;
	for (const details of entries) {
		const salt = randomBytes(SALT_BYTES).toString('hex');
		const record = nextRecord(head, { at: store.now(), details, salt }, store.ledgerKey);
		records.push(record);
		head = { id: chain.id, length: record.sequence, head: record.hash };
	}
	await appendRecords(db, records, nextSeal(chain, head, store.ledgerKey));
}

/** What the ledger says of a signal; null for what bears on no consent: a message that changed nothing, a question for help. */
export function recordOf({
	input,
	signal,
	person,
	outcome,
	applied,
	registrations,
	words,
	group,
	invitationId,
}: {
	input: SignalInput;
	signal: ConsentSignal;
	person: ResolvedPerson;
	outcome: string;
	applied: boolean;
	registrations: RegistrationChange;
	words: readonly WrittenWord[];
	group: Group | null;
	invitationId: number | null;
}): RecordDetails | null {
	const isWord = signal.kind !== 'message' && signal.kind !== 'help' && signal.kind !== 'ignored';
	const isFound = person.merged !== null || person.left !== null || person.hasLearntNumber || words.length > 0;
	if (!isWord && registrations.rows.size === 0 && !isFound) return null;
	if (!isWord && outcome === 'none' && !isFound && !changesState(registrations)) return null;
	const { phone, whatsAppUserId } = person.identity;
	return {
		action: signal.kind,
		outcome,
		applied,
		phone,
		whatsAppUserId,
		sender: input.sender?.phone,
		channel: signal.channel,
		source: sourceOf(signal, input),
		group: group?.shortcode,
		shortcode: input.shortcode ?? undefined,
		scopes: signal.scopes.length > 0 ? signal.scopes : undefined,
		newPhone: input.newPhone,
		oldPhone: input.oldPhone,
		effectiveAt: signal.effectiveAt,
		registrations: [...registrations.rows].map(([senderId, row]) => ({ senderId, state: row?.state ?? null })),
		words: words.length > 0 ? words.map((word) => ({ ...word })) : undefined,
		mergedIdentityId: person.merged?.identityId,
		evidence: {
			provider: input.provider,
			providerEventId: input.providerEventId,
			text: keptText(input.text ?? null),
			policy: signal.policy,
			invitationId,
			...input.evidence,
		},
	};
}

/** More than the time of the last message. */
function changesState({ activated, freed, rows }: RegistrationChange): boolean {
	return activated.length > 0 || freed.length > 0 || [...rows.values()].includes(null);
}

function sourceOf({ kind }: ConsentSignal, { provider }: SignalInput): string {
	if (kind === 'providerStop' || kind === 'providerResume' || kind === 'numberLeft' || kind === 'numberTaken')
		return 'provider';
	if (kind === 'register' || kind === 'revoke') return 'operator';
	if (kind === 'invited') return provider;
	return kind === 'carriedOptOut' ? 'store' : 'person';
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The consent ledger: append-only, one hash chain a person. A record's fields are committed to with a salt and only the
 * commitment is chained, so that fields and salt of a person can be erased later and the chain still verifies.
 */

type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };
export type RecordDetails = { [key: string]: Json };

/** What is kept of a record. */
export interface LedgerRecord {
	id: number;
	chainId: number;
	/** 1, 2, 3 … within the chain. */
	sequence: number;
	/** UTC ms. */
	at: number;
	/** Canonical JSON; null once erased, together with the salt. */
	details: string | null;
	salt: string | null;
	commitment: string;
	hash: string;
}

/** Where a chain stands: what the next record is linked to. */
export interface ChainHead {
	id: number;
	length: number;
	/** The last record's hash; '' for an empty chain. */
	head: string;
	/** Whose it is; null: the store's own, or of somebody erased. */
	identityId: number | null;
	kind: 'person' | 'store';
	/** Of sealOf; null: from before there were seals. */
	seal: string | null;
}

/** The seal of a chain that was found wrong when a record was added to it: it stays wrong. */
export const BROKEN_SEAL = 'broken';

/** Binds whose chain it is, how long, and in what it ends, so that none of it can be set otherwise without the key. */
export function sealOf({ id, kind, identityId, length, head }: Omit<ChainHead, 'seal'>, key: string): string {
	return createHmac('sha256', key)
		.update(['consent chain', id, kind, identityId ?? '', length, head].join('\n'))
		.digest('hex');
}

/** Whether the seal is the chain's; one without any is from before, or was never begun. */
export function isSealed(chain: ChainHead, key: string): boolean {
	return chain.seal === null || isSame(chain.seal, sealOf(chain, key));
}

/** The seal after records were added: a chain that was wrong before does not become right by them. */
export function nextSeal(before: ChainHead, after: Pick<ChainHead, 'length' | 'head'>, key: string): string | null {
	if (before.seal === null && before.length > 0) return null;
	return isSealed(before, key) ? sealOf({ ...before, ...after }, key) : BROKEN_SEAL;
}

export interface BrokenRecord {
	/** Null where the record is gone. */
	recordId: number | null;
	chainId: number;
	sequence: number;
	reason: string;
}

export interface ChainVerdict {
	valid: boolean;
	broken: BrokenRecord[];
}

/** One text for one value: keys sorted, nothing undefined, no spaces. */
export function canonicalJson(value: Json): string {
	if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null)).join(',')}]`;
	if (value !== null && typeof value === 'object') {
		const entries = Object.entries(value).filter(([, each]) => each !== undefined);
		entries.sort(([one], [other]) => (one < other ? -1 : 1));
		return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
	}
	return JSON.stringify(value ?? null);
}

/** Without the salt nobody can tell whether a guessed text is the one committed to. */
export function commitmentOf(details: string, salt: string): string {
	return createHash('sha256').update(salt).update('\n').update(details).digest('hex');
}

export function linkHash(
	record: Pick<LedgerRecord, 'chainId' | 'sequence' | 'at' | 'commitment'>,
	previousHash: string,
	key: string,
): string {
	return createHmac('sha256', key)
		.update(['consent record', record.chainId, record.sequence, record.at, record.commitment, previousHash].join('\n'))
		.digest('hex');
}

/** The next record of a chain. @param salt random, at least 16 bytes in hex. */
export function nextRecord(
	chain: Pick<ChainHead, 'id' | 'length' | 'head'>,
	entry: { at: number; details: RecordDetails; salt: string },
	key: string,
): Omit<LedgerRecord, 'id'> {
	const details = canonicalJson(entry.details);
	const record = {
		chainId: chain.id,
		sequence: chain.length + 1,
		at: entry.at,
		details,
		salt: entry.salt,
		commitment: commitmentOf(details, entry.salt),
	};
	return { ...record, hash: linkHash(record, chain.head, key) };
}

/**
 * Checks one chain and names each record at fault: changed, missing, or not written with this key.
 * A record after a changed one is not blamed for it.
 */
export function verifyChain(
	chain: Pick<ChainHead, 'id' | 'length' | 'head'>,
	records: readonly LedgerRecord[],
	key: string,
): ChainVerdict {
	const broken: BrokenRecord[] = [];
	/** What the next record may be linked to; null after a missing or a rewritten record, where it cannot be told. */
	let previous: string[] | null = [''];
	let expected = 1;
	const blame = (record: LedgerRecord, reason: string): void => {
		broken.push({ recordId: record.id, chainId: chain.id, sequence: record.sequence, reason });
	};
	const missUpTo = (sequence: number): void => {
		for (; expected < sequence; expected++) {
			broken.push({ recordId: null, chainId: chain.id, sequence: expected, reason: 'The record is missing.' });
			previous = null;
		}
	};
	for (const record of [...records].sort((one, other) => one.sequence - other.sequence)) {
		if (record.sequence < expected) {
			blame(record, 'The record stands twice in the chain.');
			continue;
		}
		missUpTo(record.sequence);
		expected = record.sequence + 1;
		const right: string[] = (previous ?? []).map((hash) => linkHash(record, hash, key));
		const isLinked: boolean = previous === null || right.some((hash) => isSame(hash, record.hash));
		if (!hasItsFields(record)) blame(record, 'The fields of the record were changed.');
		else if (!isLinked) blame(record, 'The record was changed, or not written with the ledger key of this store.');
		previous = isLinked ? [record.hash] : null;
	}
	missUpTo(chain.length + 1);
	const last = records.reduce<LedgerRecord | undefined>(
		(found, record) => (record.sequence === chain.length ? record : found),
		undefined,
	);
	if (expected > chain.length + 1) {
		broken.push({
			recordId: null,
			chainId: chain.id,
			sequence: chain.length,
			reason: 'The chain is said to be shorter than it is.',
		});
	} else if (last && broken.length === 0 && !isSame(last.hash, chain.head)) {
		blame(last, 'The chain is said to end in another record.');
	}
	return { valid: broken.length === 0, broken };
}

/** Erased fields cannot be compared; half erased ones are a change. */
function hasItsFields({ details, salt, commitment }: LedgerRecord): boolean {
	if (details === null && salt === null) return true;
	return details !== null && salt !== null && isSame(commitmentOf(details, salt), commitment);
}

function isSame(one: string, other: string): boolean {
	const [left, right] = [Buffer.from(one), Buffer.from(other)];
	return left.length === right.length && timingSafeEqual(left, right);
}

import { createHmac } from 'node:crypto';

import type { Database } from '../schema';

/** By the adapter, which a store shares with all its transactions. */
const keys = new WeakMap<object, string>();

/** What the store remembers of the ledger key: enough to notice another one, not enough to sign. */
export function keyFingerprint(ledgerKey: string): string {
	return createHmac('sha256', ledgerKey).update('n8n-nodes-optin ledger key').digest('hex').slice(0, 16);
}

/** Lets every look-up in this store find people by keyed hash, also one that has only the transaction at hand. */
export function bindLedgerKey(db: Database, ledgerKey: string): void {
	keys.set(db.getExecutor().adapter, ledgerKey);
}

/**
 * A keyed hash that tells nothing without the key and is the same whenever it is asked for.
 * @param what keeps hashes of different things apart: a number and a user id, an event and a message.
 */
export function keyedHash(db: Database, what: string, value: string): string {
	const key = keys.get(db.getExecutor().adapter);
	if (key === undefined) throw new Error('The store has no ledger key bound to it.');
	return createHmac('sha256', key).update(`n8n-nodes-optin ${what}\n${value}`).digest('hex');
}

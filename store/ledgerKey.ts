import { createHmac } from 'node:crypto';

/** What the store remembers of the ledger key: enough to notice another one, not enough to sign. */
export function keyFingerprint(ledgerKey: string): string {
	return createHmac('sha256', ledgerKey).update('n8n-nodes-optin ledger key').digest('hex').slice(0, 16);
}

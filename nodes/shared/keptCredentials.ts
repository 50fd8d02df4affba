import type { IDataObject } from 'n8n-workflow';

/** What n8n gives a webhook: its node with the ids of its credentials, and their fields. */
export interface WebhookNode {
	getCredentials(type: string): Promise<object>;
	getNode(): { id: string; credentials?: Partial<Record<string, { id: string | null }>> };
	getWorkflow(): { id?: string };
	getMode(): string;
}

const KEPT_MS = 60_000;
const MOST_KEPT = 200;

const kept = new Map<string, { fields: IDataObject; until: number }>();

/**
 * The fields of a credential for a webhook, which n8n would read and decrypt on every call: kept for a minute, for this node of this
 * workflow alone. Whoever finds that they do not work asks `again`. A test run reads them always.
 */
export async function keptCredential(node: WebhookNode, type: string, again = false): Promise<IDataObject> {
	const key = keyOf(node, type);
	const known = key === null ? undefined : kept.get(key);
	if (known && !again && known.until > performance.now()) return known.fields;
	const fields = (await node.getCredentials(type)) as IDataObject;
	if (key !== null) {
		if (kept.size >= MOST_KEPT) kept.clear();
		kept.set(key, { fields, until: performance.now() + KEPT_MS });
	}
	return fields;
}

/** When somebody saves a credential, which n8n then tests, or publishes a workflow: what was kept may have changed. */
export function forgetCredentials(): void {
	kept.clear();
}

/** Null where nothing may be kept. */
function keyOf(node: WebhookNode, type: string): string | null {
	const { id, credentials } = node.getNode();
	const credentialId = credentials?.[type]?.id;
	return credentialId && node.getMode() !== 'manual'
		? JSON.stringify([node.getWorkflow().id, id, type, credentialId])
		: null;
}

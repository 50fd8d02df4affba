import { createHash } from 'node:crypto';
import type { Credential, Workflow } from './workflow';

export interface WantedWorkflow extends Workflow {
	id: string;
}

/** What the sandbox brought into n8n so far; kept beside n8n's database. */
export interface ImportRecord {
	/** Fingerprint of each credential's data, by id. */
	credentials: Record<string, string>;
	/** By id: fingerprints of what was imported and of how n8n stored it, and whether the sandbox has published it. */
	workflows: Record<string, { imported: string; stored: string; published: boolean }>;
}

/** What n8n's database holds. */
export interface Existing {
	credentialIds: ReadonlySet<string>;
	/** Fingerprint of each stored workflow's nodes and connections, by id. */
	workflows: ReadonlyMap<string, string>;
}

export interface ImportPlan {
	credentials: Credential[];
	workflows: WantedWorkflow[];
	/** Workflows for which there is a newer template, left alone because somebody edited them. */
	keptEdited: WantedWorkflow[];
}

/**
 * Imports what is missing or has changed at our side, and nothing that the user has changed.
 * A workflow without a record is one whose import was broken off, and comes again.
 */
export function planImport(
	credentials: readonly Credential[],
	workflows: readonly WantedWorkflow[],
	existing: Existing,
	record: ImportRecord,
): ImportPlan {
	const plan: ImportPlan = { credentials: [], workflows: [], keptEdited: [] };
	for (const credential of credentials) {
		const isThere =
			existing.credentialIds.has(credential.id) && record.credentials[credential.id] === fingerprint(credential);
		if (!isThere) plan.credentials.push(credential);
	}
	for (const workflow of workflows) {
		const stored = existing.workflows.get(workflow.id);
		const before = record.workflows[workflow.id];
		if (stored === undefined || before === undefined) plan.workflows.push(workflow);
		else if (before.imported === fingerprint(workflow)) continue;
		else if (before.stored === stored) plan.workflows.push(workflow);
		else plan.keptEdited.push(workflow);
	}
	return plan;
}

export function fingerprint(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** An id that n8n takes (21 characters at most), always the same for the same name. */
export function stableId(name: string): string {
	return `optin${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

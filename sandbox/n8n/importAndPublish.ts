import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, planImport } from './importPlan';
import type { ImportPlan, ImportRecord, WantedWorkflow } from './importPlan';
import { runN8nCommand } from './n8nCommand';
import { readDatabase } from './n8nDatabase';
import type { Credential } from './workflow';

export interface ImportOptions {
	/** Of an n8n that does not run. */
	userFolder: string;
	credentials: readonly Credential[];
	/** With their credentials attached. */
	workflows: readonly WantedWorkflow[];
	env?: Record<string, string>;
	/** One line for each step, since each takes seconds. */
	onProgress?: (line: string) => void;
	/** Breaks off; the next call does the rest. */
	signal?: AbortSignal | undefined;
}

/**
 * Brings credentials and workflows into n8n and publishes the workflows, before it starts.
 * What is there stays as it is, unless only the sandbox has ever changed it.
 */
export async function importAndPublish({ userFolder, credentials, workflows, env, signal, onProgress = () => undefined }: ImportOptions): Promise<ImportPlan> {
	const recordFile = join(userFolder, 'imported.json');
	const record = readRecord(recordFile);
	const plan = planImport(credentials, workflows, readDatabase(userFolder), record);
	const run = async (args: string[], success?: RegExp): Promise<string> => await runN8nCommand(userFolder, args, { env, success, signal });

	if (plan.credentials.length > 0) {
		onProgress(`importing ${plan.credentials.length} credentials`);
		await importFile(userFolder, 'credentials', plan.credentials, run);
	}
	if (plan.workflows.length > 0) {
		onProgress(`importing ${plan.workflows.length} workflows`);
		await importFile(userFolder, 'workflow', plan.workflows.map(asImported), run);
	}
	if (plan.workflows.length > 0) onProgress(`publishing ${plan.workflows.length} workflows`);
	// Each takes seconds, nearly all of them for loading n8n: two at a time.
	const waiting = [...plan.workflows];
	const publishNext = async (): Promise<void> => {
		for (let workflow = waiting.shift(); workflow !== undefined; workflow = waiting.shift()) {
			await run(['publish:workflow', `--id=${workflow.id}`]);
		}
	};
	await Promise.all([publishNext(), publishNext()]);

	const after = readDatabase(userFolder);
	for (const credential of plan.credentials) record.credentials[credential.id] = fingerprint(credential);
	for (const workflow of plan.workflows) {
		if (!after.publishedIds.has(workflow.id)) throw new Error(`n8n did not publish the workflow "${workflow.name}".`);
		record.workflows[workflow.id] = { imported: fingerprint(workflow), stored: after.workflows.get(workflow.id) ?? '' };
	}
	writeFileSync(recordFile, JSON.stringify(record, null, '\t'));
	return plan;
}

async function importFile(userFolder: string, kind: 'credentials' | 'workflow', content: object[], run: (args: string[], success: RegExp) => Promise<string>): Promise<void> {
	mkdirSync(userFolder, { recursive: true });
	const file = join(userFolder, `import-${kind}.json`);
	// The credentials in it are plain.
	writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
	try {
		await run([`import:${kind}`, `--input=${file}`], /Successfully imported/);
	} finally {
		rmSync(file, { force: true });
	}
}

function asImported(workflow: WantedWorkflow): object {
	return { settings: {}, pinData: {}, ...workflow, active: false };
}

function readRecord(file: string): ImportRecord {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as ImportRecord;
	} catch {
		return { credentials: {}, workflows: {} };
	}
}

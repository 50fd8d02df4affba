import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, planImport } from './importPlan';
import type { ImportPlan, ImportRecord, WantedWorkflow } from './importPlan';
import { runN8nCommand } from './n8nCommand';
import { readDatabase } from './n8nDatabase';
import type { N8nRest } from './n8nRest';
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
 * Brings credentials and workflows into n8n before it starts. What is there stays as it is, unless only the sandbox has ever changed it.
 * What was imported waits for publishImported.
 */
export async function importMissing({
	userFolder,
	credentials,
	workflows,
	env,
	signal,
	onProgress = () => undefined,
}: ImportOptions): Promise<ImportPlan> {
	const record = readRecord(userFolder);
	const plan = planImport(credentials, workflows, readDatabase(userFolder), record);
	const run = async (args: string[], success?: RegExp): Promise<string> =>
		await runN8nCommand(userFolder, args, { env, success, signal });

	if (plan.credentials.length > 0) {
		onProgress(`importing ${plan.credentials.length} credentials`);
		await importFile(userFolder, 'credentials', plan.credentials, run);
	}
	if (plan.workflows.length > 0) {
		onProgress(`importing ${plan.workflows.length} workflows`);
		await importFile(userFolder, 'workflow', plan.workflows.map(asImported), run);
	}
	const after = readDatabase(userFolder);
	for (const credential of plan.credentials) record.credentials[credential.id] = fingerprint(credential);
	for (const workflow of plan.workflows) {
		record.workflows[workflow.id] = {
			imported: fingerprint(workflow),
			stored: after.workflows.get(workflow.id) ?? '',
			published: false,
		};
	}
	writeRecord(userFolder, record);
	return plan;
}

/** Publishes, on the running n8n, what was imported and never published: through its REST API, where each takes no time; the CLI takes seconds each. */
export async function publishImported(userFolder: string, rest: N8nRest): Promise<void> {
	const record = readRecord(userFolder);
	for (const [id, workflow] of Object.entries(record.workflows)) {
		if (workflow.published) continue;
		await rest.activate(id);
		workflow.published = true;
	}
	writeRecord(userFolder, record);
}

async function importFile(
	userFolder: string,
	kind: 'credentials' | 'workflow',
	content: object[],
	run: (args: string[], success: RegExp) => Promise<string>,
): Promise<void> {
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

const recordFile = (userFolder: string): string => join(userFolder, 'imported.json');

function readRecord(userFolder: string): ImportRecord {
	try {
		return JSON.parse(readFileSync(recordFile(userFolder), 'utf8')) as ImportRecord;
	} catch {
		return { credentials: {}, workflows: {} };
	}
}

function writeRecord(userFolder: string, record: ImportRecord): void {
	mkdirSync(userFolder, { recursive: true });
	writeFileSync(recordFile(userFolder), JSON.stringify(record, null, '\t'));
}

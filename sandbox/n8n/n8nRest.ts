import { n8nOwner } from '../accounts';
import { unflatten } from './unflatten';
import type { Workflow } from './workflow';

export interface SavedWorkflow extends Workflow {
	id: string;
	versionId: string;
	active: boolean;
}

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: string;
	mode: string;
	startedAt: string | null;
	stoppedAt: string | null;
}

export interface Execution extends ExecutionSummary {
	/** What n8n stored of the run, e.g. `data.resultData.runData`. */
	data: unknown;
}

/** n8n's own REST API as its editor uses it, for tests. It logs in as the sandbox's owner at the first call. */
export class N8nRest {
	private cookie: string | undefined;

	constructor(readonly url: string) {}

	/** @returns the id */
	async createCredential(name: string, type: string, data: object): Promise<string> {
		return (await this.call<{ id: string }>('POST', '/rest/credentials', { name, type, data })).id;
	}

	/** Asks the credential's own test. */
	async testCredential(
		id: string,
		name: string,
		type: string,
		data: object,
	): Promise<{ status: string; message: string }> {
		return await this.call('POST', '/rest/credentials/test', { credentials: { id, name, type, data } });
	}

	async createWorkflow(workflow: Workflow): Promise<SavedWorkflow> {
		return await this.call('POST', '/rest/workflows', { settings: {}, ...workflow, active: false });
	}

	async getWorkflow(id: string): Promise<SavedWorkflow> {
		return await this.call('GET', `/rest/workflows/${id}`);
	}

	/** Publishes the workflow's newest version. */
	async activate(id: string): Promise<void> {
		const { versionId } = await this.getWorkflow(id);
		await this.call('POST', `/rest/workflows/${id}/activate`, { versionId });
	}

	async deactivate(id: string): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/deactivate`, {});
	}

	/** Runs a workflow by hand from the named trigger. @returns the id of the execution */
	async run(id: string, triggerName: string): Promise<string> {
		const workflowData = await this.getWorkflow(id);
		const { executionId } = await this.call<{ executionId: string }>('POST', `/rest/workflows/${id}/run`, {
			workflowData,
			triggerToStartFrom: { name: triggerName },
		});
		return executionId;
	}

	/** Newest first, at most 100. */
	async executions(workflowId?: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify(workflowId === undefined ? {} : { workflowId }));
		return (await this.call<{ results: ExecutionSummary[] }>('GET', `/rest/executions?filter=${filter}&limit=100`))
			.results;
	}

	async execution(id: string): Promise<Execution> {
		const stored = await this.call<Execution>('GET', `/rest/executions/${id}`);
		return { ...stored, data: typeof stored.data === 'string' ? unflatten(stored.data) : stored.data };
	}

	/** @throws {Error} when it has not ended in time */
	async waitForExecution(id: string, timeoutMs: number): Promise<Execution> {
		for (const giveUpAt = Date.now() + timeoutMs; Date.now() < giveUpAt;) {
			const execution = await this.execution(id);
			if (!['new', 'running', 'waiting'].includes(execution.status)) return execution;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		throw new Error(`Execution ${id} has not ended within ${timeoutMs} ms.`);
	}

	/** Any call, e.g. `call('GET', '/rest/types/nodes.json')`. @throws {Error} with n8n's message unless it answers 2xx */
	async call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
		this.cookie ??= await this.login();
		const response = await this.fetch(method, path, body, this.cookie);
		const text = await response.text();
		if (!response.ok)
			throw new Error(`n8n answered HTTP ${response.status} to ${method} ${path}: ${text.slice(0, 1_000)}`);
		const answer = JSON.parse(text) as { data?: Answer };
		return (answer.data ?? answer) as Answer;
	}

	private async login(): Promise<string> {
		const response = await this.fetch('POST', '/rest/login', {
			emailOrLdapLoginId: n8nOwner.email,
			password: n8nOwner.password,
		});
		if (!response.ok)
			throw new Error(`n8n's login answered HTTP ${response.status}: ${(await response.text()).slice(0, 300)}`);
		return response.headers
			.getSetCookie()
			.map((cookie) => cookie.split(';')[0] ?? '')
			.join('; ');
	}

	private async fetch(method: string, path: string, body?: object, cookie?: string): Promise<Response> {
		return await fetch(this.url + path, {
			method,
			headers: {
				...(cookie === undefined ? {} : { cookie }),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			signal: AbortSignal.timeout(60_000),
		});
	}
}

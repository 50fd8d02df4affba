import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { join } from 'node:path';
import { websmsAccount } from './accounts';
import type { StoreSettings } from '../store/store';
import { embeddedStore, sandboxCredentials, storeSettings } from './credentials';
import type { StoreCredentialData } from './credentials';
import { startGateway } from './gateway/gateway';
import type { Gateway } from './gateway/gateway';
import { startMailbox } from './mailbox';
import type { Mailbox } from './mailbox';
import { attachCredentials, coreCredentialTypes } from './n8n/attachCredentials';
import { importMissing, publishImported } from './n8n/importWorkflows';
import type { WantedWorkflow } from './n8n/importPlan';
import { startN8n } from './n8n/n8nProcess';
import type { N8nExit, N8nProcess } from './n8n/n8nProcess';
import { packageCredentialTypes } from './n8n/packageCredentials';
import { waitForWebhook } from './n8n/waitForWebhook';
import { prepareStore } from './prepareStore';
import { readTemplates, sandboxUrls } from './templates';
import type { SandboxUrls } from './templates';

export interface SandboxPorts {
	n8n: number;
	gateway: number;
	smtp: number;
}

export interface SandboxOptions {
	/** Where everything is kept: the next start finds it again. */
	folder: string;
	ports: SandboxPorts;
	/** A line for each step. */
	say: (line: string) => void;
	/** Which store the credential names; the embedded file by default. */
	store?: StoreCredentialData;
	/** Beside the templates. */
	furtherWorkflows?: readonly WantedWorkflow[];
	/** For n8n. */
	env?: Record<string, string>;
}

const webhooksWithinMs = 60_000;

/** n8n with our nodes and templates, the gateway it talks to and the mailbox it writes to, as one thing to start and to close. */
export class Sandbox {
	readonly logFile: string;
	readonly n8nUrl: string;
	readonly urls: SandboxUrls;
	/** Ends when n8n ends, whoever ended it. Never while n8n has not been started. */
	readonly n8nExited: Promise<N8nExit>;

	private readonly workflows: WantedWorkflow[];
	private readonly folder: string;
	private readonly ports: SandboxPorts;
	private readonly say: (line: string) => void;
	private readonly store: StoreCredentialData;
	private exited: (exit: N8nExit) => void = () => undefined;
	private startedGateway: Gateway | undefined;
	private startedMailbox: Mailbox | undefined;
	private n8n: N8nProcess | undefined;
	private log: WriteStream | undefined;
	private step: Promise<void> | undefined;

	constructor(private readonly options: SandboxOptions) {
		const { folder, ports, say, store = embeddedStore, furtherWorkflows = [] } = options;
		this.folder = folder;
		this.ports = ports;
		this.say = say;
		this.store = store;
		this.workflows = [...readTemplates(), ...furtherWorkflows];
		this.logFile = join(folder, 'n8n.log');
		this.n8nUrl = `http://127.0.0.1:${ports.n8n}`;
		this.urls = sandboxUrls(this.workflows, this.n8nUrl);
		this.n8nExited = new Promise((resolve) => (this.exited = resolve));
	}

	get gatewayUrl(): string {
		return `http://127.0.0.1:${this.ports.gateway}`;
	}

	/** @throws {Error} before start() and after close() */
	get gateway(): Gateway {
		if (!this.startedGateway) throw new Error('The gateway does not run.');
		return this.startedGateway;
	}

	get mailbox(): Mailbox {
		if (!this.startedMailbox) throw new Error('The mailbox does not run.');
		return this.startedMailbox;
	}

	/** How to open the store that n8n's credential names. */
	get storeSettings(): StoreSettings {
		return storeSettings(this.store, join(this.userFolder, '.n8n'));
	}

	/** n8n alone, as an operator would for an update: SIGTERM. */
	async stopN8n(): Promise<void> {
		await this.n8n?.stop();
	}

	/** n8n alone, as a crash: SIGKILL. */
	async killN8n(): Promise<void> {
		await this.n8n?.kill();
	}

	/** After stopN8n or killN8n. */
	async restartN8n(): Promise<void> {
		await this.startN8n(new AbortController().signal);
		await this.connect();
	}

	/** One after the other; ends early, without an error, when asked to stop between two steps. @throws {Error} with a sentence */
	async start(stop: AbortSignal): Promise<void> {
		const steps = [
			() => this.startGatewayAndMailbox(),
			() => this.prepareN8n(stop),
			() => this.startN8n(stop),
			() => this.connect(),
		];
		const stopped = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()));
		for (const step of steps) {
			if (stop.aborted) return;
			this.step = step();
			await Promise.race([this.step, stopped]);
		}
	}

	/** n8n first, so that its last requests find an answer. */
	async close(): Promise<void> {
		await this.step?.catch(() => undefined);
		await this.n8n?.stop();
		await this.startedMailbox?.close();
		await this.startedGateway?.close();
		this.log?.end();
	}

	/** At once, with nothing awaited. */
	kill(): void {
		void this.n8n?.kill();
	}

	lastWords(): string {
		return (this.n8n?.output() ?? '').split('\n').slice(-20).join('\n');
	}

	private async startGatewayAndMailbox(): Promise<void> {
		this.say('starting the gateway and the mailbox');
		const mailbox = (this.startedMailbox = await startMailbox({ port: this.ports.smtp, dataFolder: this.folder }));
		const gateway = (this.startedGateway = await startGateway({
			port: this.ports.gateway,
			dataFolder: this.folder,
			mailbox,
			settings: { enforceWindow: true },
			links: [
				...(this.urls.form === null ? [] : [{ label: 'Opt-in form', url: this.urls.form }]),
				{ label: 'n8n', url: this.n8nUrl },
			],
		}));
		if (gateway.book.list().length === 0) {
			gateway.addPhone('+39 333 123 4567', { name: 'Anna' });
			gateway.addPhone('+39 347 765 4321', { name: 'Bruno' });
		}
	}

	private async prepareN8n(signal: AbortSignal): Promise<void> {
		const userFolder = this.userFolder;
		await prepareStore(this.storeSettings);
		const credentials = sandboxCredentials({
			store: this.store,
			gatewayUrl: this.gatewayUrl,
			smtpPort: this.ports.smtp,
			websmsStatusUrl: this.urls.websms,
		});
		const types = { ...coreCredentialTypes, ...(await packageCredentialTypes()) };
		const workflows = this.workflows.map((workflow) => ({
			...attachCredentials(workflow, credentials, types),
			id: workflow.id,
		}));
		const plan = await importMissing({ userFolder, credentials, workflows, signal, onProgress: this.say });
		for (const { name } of plan.keptEdited)
			this.say(`"${name}" has a newer template; yours stays, because you have edited it`);
	}

	private async startN8n(signal: AbortSignal): Promise<void> {
		this.say('starting n8n');
		const log = createWriteStream(this.logFile, { flags: 'a' });
		this.log = log;
		this.n8n = await startN8n({
			userFolder: this.userFolder,
			port: this.ports.n8n,
			signal,
			env: this.options.env,
			onOutput: (line) => log.write(`${line}\n`),
		});
		void this.n8n.exited.then((exit) => this.exited(exit));
		await publishImported(this.userFolder, this.n8n.rest);
	}

	/** What one would do by hand in the providers' portals. */
	private async connect(): Promise<void> {
		const { meta, websms, form } = this.urls;
		for (const url of [meta, websms, form]) if (url !== null) await waitForWebhook(url, webhooksWithinMs);
		if (meta !== null) await this.gateway.verifyWebhook(meta);
		if (websms !== null)
			this.gateway.setCallbacks({ websms: `${websms}?key=${encodeURIComponent(websmsAccount.webhookSecret)}` });
	}

	private get userFolder(): string {
		return join(this.folder, 'n8n');
	}
}

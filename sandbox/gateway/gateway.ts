import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { defaultPorts, metaAccount } from '../accounts';
import type { Callbacks } from './callbacks';
import { ChangeStream } from './changeStream';
import { handleControl } from './control';
import { FailurePlan } from './failures';
import { Handset } from './handset';
import { shakeHands } from './handshake';
import { Inbound } from './inbound';
import type { Typed, TypedMessage } from './inbound';
import type { MailSource } from './mailSource';
import { signatureOf } from './metaWebhooks';
import { servePage } from './page';
import { PhoneBook } from './phoneBook';
import type { Phone, PhoneBookSnapshot, PhoneSettings } from './phoneBook';
import { ProviderServer } from './providerServer';
import { RequestLog } from './requestLog';
import { SendCounters } from './sendCounters';
import { defaultSettings, settingsSchema } from './settings';
import type { GatewaySettings } from './settings';
import { SnapshotFile } from './snapshotFile';
import { StatusReporter } from './statusReporter';
import { Throttle } from './throttle';
import { defaultRetryPolicy, WebhookSender } from './webhookSender';
import type { RetryPolicy, WebhookDelivery } from './webhookSender';

export interface PageLink {
	label: string;
	url: string;
}

export interface GatewayOptions {
	/** 4010 by default; 0: any free one. */
	port?: number;
	/** Where phones and conversations are kept; absent: nothing outlives the gateway. */
	dataFolder?: string;
	settings?: Partial<GatewaySettings>;
	retry?: Partial<RetryPolicy>;
	callbacks?: Partial<Callbacks>;
	/** Shown on the page `/mailbox` and under `/control/mails`. */
	mailbox?: MailSource;
	/** Other pages that the phones page leads to, e.g. the form. */
	links?: PageLink[];
}

/** Starts the gateway on 127.0.0.1. @throws {Error} with code EADDRINUSE when the port is taken */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
	const gateway = new Gateway(options);
	await gateway.listen(options.port ?? defaultPorts.gateway);
	return gateway;
}

/** Meta's and websms' gateways, the phones behind them, and the levers to make them misbehave. */
export class Gateway {
	readonly counters = new SendCounters();
	readonly failures = new FailurePlan();
	readonly log = new RequestLog(() => this.changes.changed());
	readonly book = new PhoneBook(() => this.bookChanged());
	readonly changes = new ChangeStream();
	readonly callbacks: Callbacks;
	readonly mailbox: MailSource | null;
	readonly links: readonly PageLink[];
	settings: GatewaySettings;

	private readonly initialSettings: GatewaySettings;
	private readonly sender: WebhookSender;
	private readonly reporter: StatusReporter;
	private readonly handset: Handset;
	private readonly inbound: Inbound;
	private readonly providers: ProviderServer;
	private readonly snapshot: SnapshotFile<PhoneBookSnapshot>;
	private readonly server: Server;

	constructor(options: GatewayOptions) {
		this.initialSettings = settingsSchema.parse({ ...defaultSettings, ...options.settings });
		this.settings = { ...this.initialSettings };
		this.callbacks = { meta: options.callbacks?.meta ?? null, websms: options.callbacks?.websms ?? null };
		this.mailbox = options.mailbox ?? null;
		this.links = options.links ?? [];
		this.mailbox?.onChange(() => this.changes.changed());
		const settings = (): GatewaySettings => this.settings;
		this.sender = new WebhookSender(this.log, settings, { ...defaultRetryPolicy, ...options.retry });
		this.reporter = new StatusReporter(this.sender, this.callbacks);
		this.handset = new Handset(this.book, this.reporter, settings);
		this.inbound = new Inbound(this.book, this.sender, this.callbacks, () => this.settings.holdWebhooks);
		const { book, handset, counters, failures, log } = this;
		this.providers = new ProviderServer({ book, handset, counters, failures, log, settings, throttle: new Throttle() });
		this.snapshot = new SnapshotFile(
			options.dataFolder === undefined ? null : join(options.dataFolder, 'phones.json'),
			() => this.book.snapshot(),
		);
		this.restore();
		this.server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => this.route(request, response));
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	/** `http://127.0.0.1:<port>`; the phones page is at its root. */
	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Webhooks that wait for `release`. */
	get heldWebhooks(): number {
		return this.sender.heldCount();
	}

	async listen(port: number): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, '127.0.0.1', resolve);
		});
	}

	/** Cuts off what is under way, writes the snapshot and frees the port. */
	async close(): Promise<void> {
		this.providers.close();
		this.handset.close();
		this.reporter.close();
		this.sender.close();
		this.changes.close();
		this.snapshot.close();
		const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
		this.server.closeAllConnections();
		await closed;
	}

	changeSettings(settings: Partial<GatewaySettings>): void {
		this.settings = settingsSchema.parse({ ...this.settings, ...settings });
		this.changes.changed();
	}

	/**
	 * Registers Meta's callback URL after Meta's GET handshake with it.
	 * @throws {Error} when it does not answer with the challenge
	 */
	async verifyWebhook(url: string, verifyToken: string = metaAccount.verifyToken): Promise<void> {
		await shakeHands(url, verifyToken);
		this.setCallbacks({ meta: url });
	}

	/** Sets callback URLs without asking them. */
	setCallbacks(callbacks: Partial<Callbacks>): void {
		Object.assign(this.callbacks, callbacks);
		this.changes.changed();
	}

	/** Adds a phone by its number as a person writes it (Italian without country code). @throws {Error} for no number */
	addPhone(number: string, settings: Partial<PhoneSettings> & { name?: string } = {}): Phone {
		const phone = this.book.getOrAdd(toE164(number), true);
		return this.changePhone(phone.phone, settings);
	}

	/** What waits for the phone goes on if it now can. @throws {Error} for a phone that is not there */
	changePhone(phone: string, settings: Partial<PhoneSettings> & { name?: string }): Phone {
		const changed = this.book.change(phone, settings);
		if (changed === undefined) throw new Error(`There is no phone ${phone}.`);
		this.handset.proceedAll(changed);
		return changed;
	}

	/** A person types a message and sends it. */
	type(typed: Typed): TypedMessage {
		return this.inbound.type({ ...typed, phone: toE164(typed.phone) });
	}

	/**
	 * The WhatsApp account of a phone goes to another number, as Meta tells it: `user_changed_number`. The old number stays as the phone of
	 * whoever gets it next. @throws {Error} for a phone that is not there
	 */
	changeNumber(phone: string, to: string): TypedMessage & { phone: Phone } {
		const old = this.book.find(phone);
		if (old === undefined) throw new Error(`There is no phone ${phone}.`);
		const added = this.addPhone(to, { name: old.name });
		if (added.phone === phone) throw new Error('That is the number the phone has.');
		const text = `User ${old.name} changed from ${phone.slice(1)} to ${added.phone.slice(1)}`;
		return {
			...this.type({ phone, channel: 'whatsapp', type: 'system', text, payload: added.phone.slice(1) }),
			phone: added,
		};
	}

	/** Posts any body to a callback URL, for what no phone would do. Meta's is signed, with another secret on demand. */
	postWebhook(provider: 'meta' | 'websms', body: object | string, appSecret?: string): WebhookDelivery {
		const url = this.callbacks[provider];
		if (url === null) throw new Error(`No callback URL of ${provider} is known.`);
		const text = typeof body === 'string' ? body : JSON.stringify(body);
		const headers: Record<string, string> =
			provider === 'meta' ? { 'x-hub-signature-256': signatureOf(text, appSecret) } : {};
		return this.sender.send({ provider, url, headers, body: text, note: 'made by hand' });
	}

	/** Lets go the webhooks kept back by `holdWebhooks`. @returns how many */
	async release(order: 'asTheyCame' | 'backwards' = 'asTheyCame'): Promise<number> {
		return await this.sender.release(order);
	}

	/** Back to how it was started: settings, failures, log and counters; phones and conversations only on demand. */
	reset(phonesToo = false): void {
		this.settings = { ...this.initialSettings };
		this.failures.clear();
		this.log.clear();
		this.counters.clear();
		if (phonesToo) this.book.clear();
	}

	private route(request: IncomingMessage, response: ServerResponse): void {
		const url = request.url ?? '/';
		const queryAt = url.indexOf('?');
		const path = queryAt < 0 ? url : url.slice(0, queryAt);
		const query = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt));
		if (path.startsWith('/meta/')) this.providers.handle('meta', path.slice('/meta'.length), query, request, response);
		// Where only the host can be set, as in n8n's own WhatsApp node, there is no prefix.
		else if (/^\/v\d/.test(path)) this.providers.handle('meta', path, query, request, response);
		else if (path.startsWith('/websms/'))
			this.providers.handle('websms', path.slice('/websms'.length), query, request, response);
		else if (path.startsWith('/control/')) void handleControl(this, path, query, request, response);
		else servePage(path, request, response);
	}

	private restore(): void {
		const kept = this.snapshot.read();
		if (kept === undefined) return;
		this.book.restore(kept);
		for (const phone of this.book.list()) this.handset.proceedAll(phone);
	}

	private bookChanged(): void {
		this.snapshot.changed();
		this.changes.changed();
	}
}

function toE164(number: string): string {
	const parsed = parsePhoneNumberFromString(number, 'IT');
	if (parsed === undefined || !parsed.isPossible())
		throw new Error(`"${number.slice(0, 40)}" is no phone number. Write it as +39 333 123 4567.`);
	return parsed.number;
}

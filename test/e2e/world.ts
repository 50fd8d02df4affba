import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { metaAccount, websmsAccount } from '../../sandbox/accounts';
import { freePort } from '../../sandbox/n8n/freePort';
import { Sandbox, type SandboxOptions } from '../../sandbox/sandbox';
import { openStore, type Store } from '../../store/store';
import { helperUrl, helperWorkflows } from './helperWorkflows';

export type Item = Record<string, unknown>;

/** The sandbox as `npm start` runs it, on ports and in a folder of its own, with a few workflows that let a test call one operation. */
export class World {
	private constructor(
		readonly sandbox: Sandbox,
		readonly folder: string,
	) {}

	static async start(options: Partial<SandboxOptions> = {}): Promise<World> {
		const folder = mkdtempSync(join(tmpdir(), 'optin-e2e-'));
		const ports = { n8n: await freePort(), gateway: await freePort(), smtp: await freePort() };
		const sandbox = new Sandbox({ folder, ports, say: () => undefined, furtherWorkflows: helperWorkflows, ...options });
		const world = new World(sandbox, folder);
		try {
			await sandbox.start(new AbortController().signal);
		} catch (error) {
			await world.close();
			throw error;
		}
		return world;
	}

	async close(): Promise<void> {
		await this.sandbox.close();
		if (process.env.OPTIN_KEEP === undefined) rmSync(this.folder, { recursive: true, force: true });
	}

	get gateway() {
		return this.sandbox.gateway;
	}

	/** Calls one operation of our nodes on the running n8n. @returns its items */
	async call(name: string, body: object = {}): Promise<Item[]> {
		const response = await fetch(helperUrl(this.sandbox.n8nUrl, name), {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
			signal: AbortSignal.timeout(60_000),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`The workflow "${name}" answered HTTP ${response.status}: ${text.slice(0, 500)}`);
		const items = JSON.parse(text) as Item | Item[];
		return Array.isArray(items) ? items : [items];
	}

	/** The first item of `call`. */
	async ask(name: string, body: object = {}): Promise<Item> {
		const [item] = await this.call(name, body);
		if (!item) throw new Error(`The workflow "${name}" gave no item.`);
		return item;
	}

	/** The same store that n8n uses, from this process: for what no node tells. */
	async withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
		const store = await openStore(this.sandbox.storeSettings, { create: false });
		try {
			return await work(store);
		} finally {
			await store.close();
		}
	}

	/** A person writes to the company by WhatsApp; resolves with the answer to the webhook. */
	async whatsApp(phone: string, text: string, more: { sentAt?: number; id?: string } = {}) {
		return await this.gateway.type({ phone, channel: 'whatsapp', company: metaAccount.phone, text, ...more }).first;
	}

	async sms(phone: string, text: string) {
		return await this.gateway.type({ phone, channel: 'sms', company: websmsAccount.smsPhone, text }).first;
	}

	/** What the company sent to a phone, oldest first. */
	received(phone: string, channel?: 'sms' | 'whatsapp'): string[] {
		return this.gateway.book
			.conversation(phone)
			.filter((message) => message.direction === 'toPhone' && (channel === undefined || message.channel === channel))
			.map(({ text }) => text);
	}

	/** Resolves when the company has sent so many messages to the phone. @throws {Error} when they do not come */
	async waitForReceived(phone: string, count: number, withinMs = 20_000): Promise<string[]> {
		return await eventually(
			() => {
				const texts = this.received(phone);
				return texts.length >= count ? texts : undefined;
			},
			withinMs,
			() => `${count} messages to ${phone}; there are: ${JSON.stringify(this.received(phone))}`,
		);
	}
}

/** Looks until something is there. @throws {Error} saying what was waited for */
export async function eventually<T>(
	look: () => T | undefined | Promise<T | undefined>,
	withinMs = 20_000,
	what: () => string = () => 'something',
): Promise<T> {
	for (const end = Date.now() + withinMs; ;) {
		const found = await look();
		if (found !== undefined) return found;
		if (Date.now() > end) throw new Error(`Waited ${withinMs} ms in vain for ${what()}.`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

export const pause = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

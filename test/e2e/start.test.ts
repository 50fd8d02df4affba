import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { metaAccount } from '../../sandbox/accounts';
import { checkoutFolder } from '../../sandbox/checkout';
import { freePort } from '../../sandbox/n8n/freePort';
import { eventually } from './world';

const PHONE = '+393331234567';

/** `npm start` in a process group of its own, as a terminal has it. */
class Started {
	private written = '';
	private readonly ended: Promise<unknown[]>;

	constructor(private readonly child: ChildProcess) {
		for (const stream of [child.stdout, child.stderr])
			stream?.setEncoding('utf8').on('data', (text: string) => (this.written += text));
		this.ended = once(child, 'exit');
	}

	get output(): string {
		return this.written;
	}

	async isReady(): Promise<void> {
		await eventually(
			() => {
				if (this.child.exitCode !== null) throw new Error(`npm start ended:\n${this.written}`);
				return this.written.includes('Ctrl-C ends everything') ? true : undefined;
			},
			180_000,
			() => `the welcome of npm start; it wrote:\n${this.written}`,
		);
	}

	/** As the terminal does it: everybody in the group gets the signal. */
	async pressCtrlC(): Promise<void> {
		this.signal('SIGINT');
		await eventually(
			() => (this.signal(0) ? undefined : true),
			30_000,
			() => `the last process of npm start to end; it wrote:\n${this.written}`,
		);
	}

	async exitCode(): Promise<number | null> {
		const [code] = (await this.ended) as [number | null];
		return code;
	}

	end(): void {
		this.signal('SIGKILL');
	}

	private signal(signal: NodeJS.Signals | 0): boolean {
		try {
			return process.kill(-(this.child.pid ?? 0), signal);
		} catch {
			return false;
		}
	}
}

describe('npm start', () => {
	const folder = mkdtempSync(join(tmpdir(), 'optin-start-'));
	const running: Started[] = [];
	let ports: Record<string, string>;
	let gatewayUrl: string;

	const start = (): Started => {
		const child = spawn('npm', ['start'], {
			cwd: checkoutFolder,
			detached: true,
			env: { ...process.env, OPTIN_SANDBOX_FOLDER: folder, ...ports },
		});
		const started = new Started(child);
		running.push(started);
		return started;
	};
	const messages = async (): Promise<Array<{ text: string; direction: string }>> => {
		const response = await fetch(`${gatewayUrl}/control/phones/${encodeURIComponent(PHONE)}/messages`);
		return ((await response.json()) as { messages: Array<{ text: string; direction: string }> }).messages;
	};
	const answersTo = async (text: string): Promise<string[]> => {
		const before = (await messages()).length;
		await fetch(`${gatewayUrl}/control/phones/${encodeURIComponent(PHONE)}/type`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ channel: 'whatsapp', text, company: metaAccount.phone, wait: true }),
		});
		return await eventually(
			async () => {
				const answers = (await messages()).slice(before).filter(({ direction }) => direction === 'toPhone');
				return answers.length > 0 ? answers.map((each) => each.text) : undefined;
			},
			30_000,
			() => `an answer to ${text}`,
		);
	};

	beforeAll(async () => {
		const [n8n, gateway, smtp] = [await freePort(), await freePort(), await freePort()];
		ports = { N8N_PORT: String(n8n), OPTIN_GATEWAY_PORT: String(gateway), OPTIN_SMTP_PORT: String(smtp) };
		gatewayUrl = `http://127.0.0.1:${gateway}`;
	});
	afterAll(() => {
		for (const started of running) started.end();
		rmSync(folder, { recursive: true, force: true });
	});

	it('runs everything; Ctrl-C leaves no process behind; a second start finds yesterday’s data', async () => {
		const first = start();
		await first.isReady();
		const welcome = await answersTo('START');
		expect(welcome).toHaveLength(1);
		await first.pressCtrlC();

		const second = start();
		await second.isReady();
		expect((await messages()).map(({ text }) => text)).toContain('START');
		const nothingNew = await answersTo('START');
		expect(nothingNew).not.toEqual(welcome);
		await second.pressCtrlC();
	}, 420_000);

	it('says in one sentence each which port is taken and how to choose another', async () => {
		const taken = createServer();
		taken.listen(Number(ports.OPTIN_GATEWAY_PORT), '127.0.0.1');
		await once(taken, 'listening');
		try {
			const started = start();
			expect(await started.exitCode()).toBe(1);
			const sentences = started.output.split('\n').filter((line) => line.includes('is taken'));
			expect(sentences).toEqual([expect.stringContaining(`OPTIN_GATEWAY_PORT=`)]);
		} finally {
			taken.close();
		}
	}, 60_000);
});

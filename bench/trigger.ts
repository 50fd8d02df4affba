import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { metaAccount } from '../sandbox/accounts';
import { freePort } from '../sandbox/n8n/freePort';
import { installN8n, isN8nInstalled } from '../sandbox/n8n/install';
import { Sandbox } from '../sandbox/sandbox';
import { chain, triggerNode, triggerPath } from './contender';
import { median } from './report';

/**
 * `npm run bench:trigger`: signed webhook calls to our trigger beside the same calls to n8n's own Webhook node that does nothing with
 * them, in one n8n, in turn. Each of ours is stored, applied and answered; it ends with 1 when they are fewer a second.
 */
const ROUNDS = 5;
const CALLS_A_ROUND = 200;
const AT_ONCE = 10;
const WARM_UP_CALLS = 50;

let people = 0;

/** A status: what most calls of a provider are. */
function statusOf(): { body: string; headers: Record<string, string> } {
	const status = {
		id: `wamid.bench${++people}`,
		status: 'delivered',
		timestamp: String(Math.floor(Date.now() / 1_000)),
		recipient_id: '393331234567',
	};
	const value = {
		metadata: { display_phone_number: metaAccount.phone.slice(1), phone_number_id: metaAccount.phoneNumberId },
		statuses: [status],
	};
	const body = JSON.stringify({ entry: [{ id: '1', changes: [{ field: 'messages', value }] }] });
	const signature = createHmac('sha256', metaAccount.appSecret).update(body).digest('hex');
	return { body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` } };
}

/** @returns calls a second. */
async function callsASecond(url: string, calls: number): Promise<number> {
	let left = calls;
	const begin = performance.now();
	const line = async (): Promise<void> => {
		while (left-- > 0) {
			const response = await fetch(url, { method: 'POST', ...statusOf() });
			const answer = await response.text();
			if (!response.ok) throw new Error(`${url} answered HTTP ${response.status}: ${answer.slice(0, 300)}`);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, line));
	return (calls * 1_000) / (performance.now() - begin);
}

async function main(stop: AbortSignal): Promise<boolean> {
	if (!isN8nInstalled()) await installN8n((line) => console.error(line), stop);
	const folder = mkdtempSync(join(tmpdir(), 'optin-bench-trigger-'));
	const ports = { n8n: await freePort(), gateway: await freePort(), smtp: await freePort() };
	const own = chain('benchWebhook', 'Bench: n8n’s Webhook', [triggerNode]);
	const sandbox = new Sandbox({ folder, ports, say: (line) => console.error(line), furtherWorkflows: [own] });
	try {
		await sandbox.start(stop);
		const contenders = [
			{ name: 'WhatsApp Opt-In Trigger', url: sandbox.urls.meta ?? '', rates: [] as number[] },
			{ name: 'n8n’s Webhook node', url: `${sandbox.n8nUrl}/webhook/${triggerPath}`, rates: [] as number[] },
		];
		for (const { url } of contenders) await callsASecond(url, WARM_UP_CALLS);
		for (let round = 1; round <= ROUNDS; round++)
			for (const { url, rates } of contenders) rates.push(await callsASecond(url, CALLS_A_ROUND));
		for (const { name, rates } of contenders)
			console.log(`${name}: ${median(rates).toFixed(1)} calls/s (${rates.map((rate) => rate.toFixed(1)).join(', ')})`);
		const [ours = 0, theirs = 0] = contenders.map(({ rates }) => median(rates));
		return ours >= theirs;
	} catch (error) {
		console.error(readFileSync(sandbox.logFile, 'utf8').split('\n').slice(-15).join('\n'));
		throw error;
	} finally {
		await sandbox.close();
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

const stopper = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopper.abort());

main(stopper.signal).then(
	(isFastEnough) => process.exit(isFastEnough ? 0 : 1),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startMailbox } from '../sandbox/mailbox';
import { attachCredentials } from '../sandbox/n8n/attachCredentials';
import { importMissing, publishImported } from '../sandbox/n8n/importWorkflows';
import { startN8n, type N8nProcess } from '../sandbox/n8n/n8nProcess';
import { triggerPath, type BatchCounts, type Contender, type ContenderSurroundings } from './contender';
import { GatewayProcess } from './gatewayProcess';
import { residentBytes, watchPeak } from './memory';

/** n8n answers 404 for a moment after publishing. */
const webhookWithinMs = 20_000;
export const idleMs = 10_000;
/** After the last answer n8n still stores the execution, which may be when it has the most memory. */
export const settleMs = 5_000;

/** One round of one contender. */
export interface Measurement {
	/** From the POST to the gateway's last answer. */
	durationMs: number;
	messagesPerSecond: number;
	idleBytes: number;
	peakBytes: number;
	growthBytes: number;
	/** Most requests that waited for the gateway at one time. */
	mostInFlight: number;
	/** Requests that were not accepted, and people who got more than one message: both should be 0. */
	refused: number;
	acceptedTwice: number;
}

/**
 * Sends the messages once, with an n8n, a gateway and a mailbox of its own, of which nothing is left afterwards.
 * @throws {Error} with n8n's last words when a message does not arrive; an AbortError when stopped
 */
export async function measure(contender: Contender, counts: BatchCounts, stop: AbortSignal): Promise<Measurement> {
	const ends: Array<() => Promise<void>> = [];
	let n8n: N8nProcess | undefined;
	try {
		const userFolder = mkdtempSync(join(tmpdir(), 'optin-bench-'));
		ends.push(async () => rmSync(userFolder, { recursive: true, force: true, maxRetries: 5 }));
		const gateway = await GatewayProcess.start();
		ends.push(() => gateway.stop());
		const mailbox = await startMailbox({ port: 0 });
		ends.push(() => mailbox.close());
		stop.throwIfAborted();

		const started = await startContender(
			contender,
			{ userFolder, gatewayUrl: gateway.url, smtpPort: mailbox.port, counts },
			stop,
		);
		n8n = started;
		ends.push(() => started.kill());
		await warmUp(contender, counts, { n8n, gateway, stop });
		return await measureBatch(contender, counts, { n8n, gateway, stop });
	} catch (error) {
		if (stop.aborted || n8n === undefined) throw error;
		throw new Error(
			`${error instanceof Error ? error.message : String(error)}\nn8n wrote at last:\n${n8n.output().split('\n').slice(-20).join('\n')}`,
		);
	} finally {
		for (const end of ends.reverse()) await end();
	}
}

interface Running {
	n8n: N8nProcess;
	gateway: GatewayProcess;
	stop: AbortSignal;
}

async function startContender(
	contender: Contender,
	surroundings: ContenderSurroundings,
	signal: AbortSignal,
): Promise<N8nProcess> {
	const { userFolder } = surroundings;
	const { credentials, credentialTypes, workflows, env } = await contender.prepare(surroundings);
	const attached = workflows.map((workflow) => ({
		...attachCredentials(workflow, credentials, credentialTypes),
		id: workflow.id,
	}));
	await importMissing({ userFolder, credentials, workflows: attached, signal });
	const n8n = await startN8n({ userFolder, env, signal });
	try {
		await publishImported(userFolder, n8n.rest);
	} catch (error) {
		await n8n.kill();
		throw error;
	}
	return n8n;
}

async function warmUp(contender: Contender, counts: BatchCounts, { n8n, gateway, stop }: Running): Promise<void> {
	await trigger(n8n, contender.body('warmUp', counts), stop);
	await gateway.waitForAccepted(counts.warmUp, stop);
	await pause(idleMs, undefined, { signal: stop });
	await gateway.reset();
}

async function measureBatch(
	contender: Contender,
	counts: BatchCounts,
	{ n8n, gateway, stop }: Running,
): Promise<Measurement> {
	const body = contender.body('measured', counts);
	const idleBytes = residentBytes(n8n.pid);
	const endWatch = watchPeak(n8n.pid);
	try {
		const triggeredAt = Date.now();
		await trigger(n8n, body, stop);
		await gateway.waitForAccepted(counts.measured, stop);
		// The gateway accepts before it answers, so the last answer is looked up later.
		await pause(settleMs, undefined, { signal: stop });
		const { lastAnswerAt, mostInFlight, refused, acceptedTwice } = await gateway.counters();
		const peakBytes = endWatch();
		const durationMs = (lastAnswerAt ?? Number.NaN) - triggeredAt;
		return {
			durationMs,
			messagesPerSecond: counts.measured / (durationMs / 1_000),
			idleBytes,
			peakBytes,
			growthBytes: peakBytes - idleBytes,
			mostInFlight,
			refused,
			acceptedTwice,
		};
	} finally {
		endWatch();
	}
}

/** @throws {Error} unless n8n answers 200 */
async function trigger(n8n: N8nProcess, body: object, stop: AbortSignal): Promise<void> {
	for (const giveUpAt = Date.now() + webhookWithinMs; ;) {
		const response = await fetch(`${n8n.url}/webhook/${triggerPath}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
			signal: stop,
		});
		const text = await response.text();
		if (response.ok) return;
		if (response.status !== 404 || Date.now() > giveUpAt)
			throw new Error(`The webhook answered HTTP ${response.status}: ${text.slice(0, 300)}`);
		await pause(200, undefined, { signal: stop });
	}
}

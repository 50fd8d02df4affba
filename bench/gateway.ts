import { startGateway } from '../sandbox/gateway/gateway';

/** The gateway in a process of its own: the benchmark measures n8n, not the gateway's share of one event loop. */
async function main(): Promise<void> {
	const gateway = await startGateway({ port: 0, settings: { answerDelayMs: 50, statuses: false } });
	process.stdout.write(`${gateway.url}\n`);
	process.once('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
}

void main();

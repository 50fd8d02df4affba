import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultPorts } from './accounts';
import { checkoutFolder } from './checkout';
import { findObstacles, portFrom } from './preflight';
import { installN8n, isN8nInstalled } from './n8n/install';
import { Sandbox } from './sandbox';
import { welcome } from './welcome';

/** `npm start`: everything on one machine, until Ctrl-C. */
async function main(): Promise<number> {
	const startedAt = Date.now();
	const say = (line: string): void =>
		console.log(`[${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(3)} s] ${line}`);
	const folder = resolve(process.env['OPTIN_SANDBOX_FOLDER'] || join(checkoutFolder, '.sandbox'));
	const ports = {
		n8n: portFrom('N8N_PORT', defaultPorts.n8n),
		gateway: portFrom('OPTIN_GATEWAY_PORT', defaultPorts.gateway),
		smtp: portFrom('OPTIN_SMTP_PORT', defaultPorts.smtp),
	};
	const installed = isN8nInstalled();
	const obstacles = await findObstacles(
		folder,
		[
			{ port: ports.n8n, user: 'n8n', variable: 'N8N_PORT' },
			{ port: ports.gateway, user: 'the gateway', variable: 'OPTIN_GATEWAY_PORT' },
			{ port: ports.smtp, user: 'the mailbox', variable: 'OPTIN_SMTP_PORT' },
		],
		installed,
	);
	if (obstacles.length > 0) {
		for (const obstacle of obstacles) console.error(obstacle);
		return 1;
	}

	const stopping = stopSignal();
	if (!installed) {
		say(
			'n8n 2.41.1 is not installed yet, or another version is: installing it into sandbox/node_modules (once; some minutes, 3 GB)',
		);
		await installN8n(say, stopping.signal);
		if (stopping.signal.aborted) return 0;
	}
	mkdirSync(folder, { recursive: true });
	const sandbox = new Sandbox({ folder, ports, say });
	stopping.onImpatience = () => sandbox.kill();
	try {
		await sandbox.start(stopping.signal);
		if (stopping.signal.aborted) return 0;
		console.log(welcome(sandbox));
		const ended = await Promise.race([sandbox.n8nExited, stopping.asked]);
		if (ended === 'asked') return 0;
		console.error(
			`n8n has ended by itself (${ended.signal ?? `exit code ${ended.code}`}); everything is closed. Its last lines, also in ${sandbox.logFile}:\n${sandbox.lastWords()}`,
		);
		return 1;
	} catch (error) {
		// Ctrl-C in the middle of a step lets that step fail; that is no news.
		if (stopping.signal.aborted) return 0;
		throw error;
	} finally {
		if (stopping.signal.aborted) say('stopping');
		await sandbox.close();
	}
}

interface Stopping {
	signal: AbortSignal;
	asked: Promise<'asked'>;
	/** What a second Ctrl-C does before it ends this process at once. */
	onImpatience: (() => void) | undefined;
}

/** Ctrl-C, a SIGTERM or a closed terminal. */
function stopSignal(): Stopping {
	const controller = new AbortController();
	const asked = new Promise<'asked'>((resolveAsked) =>
		controller.signal.addEventListener('abort', () => resolveAsked('asked')),
	);
	const stopping: Stopping = { signal: controller.signal, asked, onImpatience: undefined };
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(name, () => {
			if (controller.signal.aborted) {
				stopping.onImpatience?.();
				process.exit(130);
			}
			controller.abort();
		});
	}
	// A SIGTERM to npm ends npm and its shell and never reaches us.
	const parent = process.ppid;
	if (process.env['npm_lifecycle_event'] !== undefined) {
		setInterval(() => {
			if (process.ppid !== parent) controller.abort();
		}, 1_000).unref();
	}
	return stopping;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);

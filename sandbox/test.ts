import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { checkoutFolder } from './checkout';
import { findChromium } from './chromium';
import { installN8n, isN8nInstalled } from './n8n/install';

const QUICK = ['house', 'domain', 'providers', 'store', 'services', 'nodes', 'workflows', 'sandbox'];

/** `npm test`: brings what the slow suites need, then runs every suite. */
async function main(): Promise<number> {
	if (!isN8nInstalled()) {
		console.log('The end-to-end tests need n8n: it is installed into sandbox/node_modules (once; some minutes, 3 GB).');
		await installN8n((line) => console.log(line), new AbortController().signal);
	}
	if (findChromium() === undefined) {
		console.log(
			'No Chromium found: the browser tests are left out. To run them: apt-get install chromium, or set OPTIN_CHROMIUM to the browser.',
		);
	}
	for (const program of ['nginx', 'redis-server']) {
		const isThere = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
		if (!isThere)
			console.log(`No ${program} found: the test that starts it is left out. To run it: apt-get install ${program}.`);
	}
	// Two runs: the quick suites side by side, the end-to-end tests one after the other, each with a whole n8n.
	const quick = await jest(['--selectProjects', ...QUICK]);
	const endToEnd = await jest(['--selectProjects', 'e2e', '--runInBand']);
	return quick || endToEnd;
}

async function jest(options: string[]): Promise<number> {
	const child = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...options], {
		cwd: checkoutFolder,
		stdio: 'inherit',
	});
	const [code] = (await once(child, 'exit')) as [number | null];
	return code ?? 1;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);

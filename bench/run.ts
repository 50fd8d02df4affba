import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** `npm run bench`: all of them, one after the other, each in a process of its own. */
async function main(): Promise<number> {
	let worst = 0;
	for (const name of ['send', 'trigger', 'import', 'check']) {
		console.log(`\n== ${name}`);
		const child = spawn(process.execPath, [join(__dirname, `${name}.js`)], { stdio: 'inherit' });
		const [code] = (await once(child, 'exit')) as [number | null];
		worst = Math.max(worst, code ?? 1);
	}
	return worst;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);

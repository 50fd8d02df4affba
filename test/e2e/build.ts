import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** n8n loads what is built: the end-to-end tests build first, so that they never test yesterday's code. */
export default function build(): void {
	execFileSync('npx', ['gulp', 'build', '--silent'], { cwd: join(__dirname, '../..'), stdio: 'inherit' });
}

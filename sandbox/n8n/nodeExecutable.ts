import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder, sandboxFolder } from '../checkout';

/** The Node 24 that runs n8n: ours when it is new enough, else the one that npm brought. */
export function nodeExecutable(): string {
	if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
	const brought = [checkoutFolder, sandboxFolder].map((folder) => join(folder, 'node_modules', 'node', 'bin', 'node'));
	return brought.find((file) => existsSync(file)) ?? process.execPath;
}

export const n8nExecutable = join(sandboxFolder, 'node_modules', 'n8n', 'bin', 'n8n');

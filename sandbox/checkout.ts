import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of the checkout. The code runs from `sandbox/` under Jest and from `dist/sandbox/` after a build,
 * while n8n, the page and the templates lie in one place only.
 */
export const checkoutFolder = findCheckout(__dirname);

export const sandboxFolder = join(checkoutFolder, 'sandbox');

function findCheckout(start: string): string {
	for (let folder = start; ; folder = dirname(folder)) {
		if (existsSync(join(folder, 'sandbox', 'package.json')) && existsSync(join(folder, 'package.json'))) return folder;
		if (folder === dirname(folder))
			throw new Error(
				`No checkout of n8n-nodes-optin around ${start}: run the sandbox from a clone of the repository.`,
			);
	}
}

import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkoutFolder } from '../checkout';

/** Links the checkout where n8n looks for installed community packages, so that the nodes load under their real type names. */
export function linkPackage(userFolder: string): void {
	const link = join(userFolder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-optin');
	mkdirSync(dirname(link), { recursive: true });
	if (linkTarget(link) === checkoutFolder) return;
	rmSync(link, { recursive: true, force: true });
	symlinkSync(checkoutFolder, link, 'junction');
}

function linkTarget(link: string): string | undefined {
	return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(link) : undefined;
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkoutFolder } from '../checkout';
import type { CredentialTypes } from './attachCredentials';
import { nodeExecutable } from './nodeExecutable';

/** In a process of its own, because the built nodes load n8n-workflow and Jest refuses to require from `dist`. */
const script = `
const { join } = require('node:path');
const manifest = require(join(process.cwd(), 'package.json'));
const types = {};
for (const file of manifest.n8n.nodes) {
	for (const Type of Object.values(require(join(process.cwd(), file)))) {
		if (typeof Type !== 'function') continue;
		const node = new Type();
		const description = (node.nodeVersions ? node.getNodeType() : node).description;
		types[manifest.name + '.' + description.name] = (description.credentials || []).map((credential) => credential.name);
	}
}
console.log(JSON.stringify(types));
`;

/** Which credential types the nodes of our built package take. @throws {Error} when the package is not built */
export async function packageCredentialTypes(): Promise<CredentialTypes> {
	const { stdout } = await promisify(execFile)(nodeExecutable(), ['-e', script], { cwd: checkoutFolder });
	return JSON.parse(stdout) as CredentialTypes;
}

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sandboxFolder } from '../../sandbox/checkout';
import { findObstacles, portFrom } from '../../sandbox/preflight';

const run = promisify(execFile);
const checkNode = join(sandboxFolder, 'check-node.js');

test('a taken port is told in one sentence with its number and the variable that changes it', async () => {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const obstacles = await findObstacles(
		tmpdir(),
		[{ port, user: 'the gateway', variable: 'OPTIN_GATEWAY_PORT' }],
		true,
	);
	expect(obstacles).toEqual([
		expect.stringMatching(
			new RegExp(`^Port ${port}, which the gateway needs, is taken: .*OPTIN_GATEWAY_PORT=`),
		) as string,
	]);
	await new Promise((resolve) => server.close(resolve));
	expect(await findObstacles(tmpdir(), [{ port, user: 'the gateway', variable: 'OPTIN_GATEWAY_PORT' }], true)).toEqual(
		[],
	);
});

test('a data folder that cannot be made is told with the variable that changes it', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'optin-preflight-'));
	writeFileSync(join(folder, 'file'), '');
	expect(await findObstacles(join(folder, 'file', 'below'), [], true)).toEqual([
		expect.stringContaining('OPTIN_SANDBOX_FOLDER') as string,
	]);
	rmSync(folder, { recursive: true });
});

test('a port from the environment must be one', () => {
	expect(portFrom('OPTIN_NO_SUCH_VARIABLE', 4010)).toBe(4010);
	process.env['OPTIN_TEST_PORT'] = '70000';
	expect(() => portFrom('OPTIN_TEST_PORT', 4010)).toThrow('OPTIN_TEST_PORT is "70000", which is no port');
	process.env['OPTIN_TEST_PORT'] = '4110';
	expect(portFrom('OPTIN_TEST_PORT', 4010)).toBe(4110);
	delete process.env['OPTIN_TEST_PORT'];
});

test('an older Node is told in one sentence how Node 24 comes', async () => {
	const old = `Object.defineProperty(process.versions, 'node', { value: '20.19.0' }); require(${JSON.stringify(checkNode)})`;
	await expect(run(process.execPath, ['-e', old])).rejects.toMatchObject({
		code: 1,
		stderr: expect.stringMatching(
			/^This is Node 20\.19\.0, and Node 24 .*npm ci.*without --ignore-scripts.*\n$/,
		) as string,
	});
	await run(process.execPath, [checkNode]);
});

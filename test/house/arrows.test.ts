import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

interface Snippet {
	/** An existing file whose place the code takes. */
	file: string;
	code: string;
}

const LINTER = join(__dirname, '../support/lint-arrows.mjs');

/** The house's own configuration over code that is in no file. One array of messages for each snippet. */
function lint(snippets: Snippet[]): string[][] {
	const output = execFileSync(process.execPath, [LINTER], { input: JSON.stringify(snippets), encoding: 'utf8' });
	return JSON.parse(output) as string[][];
}

const wrong: [string, Snippet][] = [
	['domain does not import the store', { file: 'domain/x.ts', code: "import '../store/store';" }],
	[
		'domain does not import providers',
		{ file: 'domain/x.ts', code: "import type { Provider } from '../providers/provider';\nexport type X = Provider;" },
	],
	['domain does not import services', { file: 'domain/x.ts', code: "import '../services/receive';" }],
	['domain does not import n8n', { file: 'domain/x.ts', code: "import 'n8n-workflow';" }],
	['the store does not import providers', { file: 'store/x.ts', code: "import '../providers/http';" }],
	[
		'the store does not import services, from its folders neither',
		{ file: 'store/database/sqlite/x.ts', code: "import '../../../services/receiving/receive';" },
	],
	['the store does not import n8n', { file: 'store/x.ts', code: "import 'n8n-core';" }],
	['providers do not import the store', { file: 'providers/meta/x.ts', code: "import '../../store/store';" }],
	['providers do not import services', { file: 'providers/x.ts', code: "import '../services/receive';" }],
	['providers do not import n8n', { file: 'providers/x.ts', code: "import '@n8n/utils';" }],
	['services do not import nodes', { file: 'services/x.ts', code: "import '../nodes/shared/store';" }],
	['a room does not import nodes', { file: 'services/sending/x.ts', code: "import '../../nodes/shared/store';" }],
	[
		'services do not import credentials',
		{ file: 'services/x.ts', code: "import '../credentials/WebsmsApi.credentials';" },
	],
	[
		'a room of the services imports no room above it',
		{ file: 'services/consent/x.ts', code: "import '../sending/deliver';" },
	],
	['a folder of a room neither', { file: 'services/contacts/import/x.ts', code: "import '../../rights/erase';" }],
	['services write no SQL', { file: 'services/x.ts', code: "import 'kysely';" }],
	[
		'what a table holds does not depend on the database',
		{
			file: 'store/x.ts',
			code: "import { isPostgres } from './database/dialect';\nexport { isPostgres as x };",
		},
	],
	['a provider does not import another', { file: 'providers/websms/x.ts', code: "import '../meta/client';" }],
	['services do not import n8n', { file: 'services/x.ts', code: "export * from 'n8n-workflow';" }],
	['services do not import the sandbox', { file: 'services/x.ts', code: "import '../sandbox/accounts';" }],
	['nodes do not import the sandbox', { file: 'nodes/SendMessage/x.ts', code: "import '../../sandbox/accounts';" }],
	['nodes do not import tests', { file: 'nodes/SendMessage/x.ts', code: "import '../../test/support/stores';" }],
	['credentials do not import services', { file: 'credentials/x.ts', code: "import '../services/receive';" }],
];

const right: [string, Snippet][] = [
	['domain imports domain', { file: 'domain/x.ts', code: "import './channel';" }],
	['the store imports domain', { file: 'store/x.ts', code: "import '../domain/errors';" }],
	[
		'a provider imports what WhatsApp is everywhere',
		{ file: 'providers/websms/x.ts', code: "import '../whatsapp/wire';" },
	],
	['providers import domain', { file: 'providers/meta/x.ts', code: "import '../../domain/errors';" }],
	[
		'services import store, providers and domain',
		{
			file: 'services/x.ts',
			code: "import '../store/store';\nimport '../providers/http';\nimport '../domain/errors';",
		},
	],
	[
		'nodes import services and n8n',
		{
			file: 'nodes/SendMessage/x.ts',
			code: "import '../../services/sending/sendAndReply';\nimport 'n8n-workflow';",
		},
	],
	[
		'the sandbox imports anything',
		{ file: 'sandbox/x.ts', code: "import '../store/store';\nimport '../nodes/shared/store';" },
	],
	[
		'tests import anything',
		{ file: 'test/nodes/x.ts', code: "import '../../nodes/shared/store';\nimport 'n8n-core';" },
	],
];

describe('arrows run downwards only', () => {
	let found: string[][];

	beforeAll(() => {
		found = lint([...wrong, ...right].map(([, snippet]) => snippet));
	}, 60_000);

	it.each(wrong.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
		expect(found[index]).toEqual([
			expect.stringMatching(/Arrows run downwards only|Only nodes\/ and credentials\/ know n8n|Only store\//),
		]);
	});

	it.each(right.map(([name], index) => [name, index + wrong.length] as const))('%s', (_name, index) => {
		expect(found[index]).toEqual([]);
	});
});

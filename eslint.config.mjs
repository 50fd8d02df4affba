import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import tseslint from 'typescript-eslint';

const N8N_PACKAGES = '^(n8n|n8n-.*|@n8n/.*)$';

/** Arrows run downwards only (docs/architecture.md): what each folder must not import. */
function arrow(folder, { not, n8n }) {
	const patterns = [
		{
			regex: `^(\\./)?(\\.\\./)+(${not.join('|')})(/|$)`,
			message: `Arrows run downwards only: ${folder}/ imports nothing of ${not.map((name) => `${name}/`).join(', ')}.`,
		},
	];
	if (folder !== 'store')
		patterns.push({ regex: '^kysely(/|$)', message: `Only store/ writes SQL: ${folder}/ asks it by a function.` });
	if (!n8n)
		patterns.push({
			regex: N8N_PACKAGES,
			message: `Only nodes/ and credentials/ know n8n: ${folder}/ runs without it.`,
		});
	return restrict(folder, patterns);
}

function restrict(folder, patterns) {
	return {
		files: [`${folder}/**/*.ts`, `${folder}/**/*.mts`],
		rules: { 'no-restricted-imports': ['error', { patterns }] },
	};
}

const NEVER_PUBLISHED = ['sandbox', 'bench', 'test'];

const STORE = { not: ['providers', 'services', 'nodes', 'credentials', ...NEVER_PUBLISHED], n8n: false };

const PROVIDERS = { not: ['store', 'services', 'nodes', 'credentials', ...NEVER_PUBLISHED], n8n: false };

const SERVICES = { not: ['nodes', 'credentials', ...NEVER_PUBLISHED], n8n: false };

const arrows = [
	arrow('domain', { not: ['store', 'providers', 'services', 'nodes', 'credentials', ...NEVER_PUBLISHED], n8n: false }),
	arrow('store', STORE),
	arrow('providers', PROVIDERS),
	arrow('services', SERVICES),
	arrow('nodes', { not: ['credentials', ...NEVER_PUBLISHED], n8n: true }),
	arrow('credentials', { not: ['nodes', 'services', 'store', 'providers', ...NEVER_PUBLISHED], n8n: true }),
];

/** The rooms of services/, and which other rooms each may import: no circle, and nothing that is not needed. */
const ROOMS = {
	shared: [],
	consent: ['shared'],
	senders: ['shared', 'consent'],
	sending: ['shared', 'consent', 'senders'],
	invitations: ['shared', 'consent'],
	contacts: ['shared', 'consent'],
	registrations: ['shared', 'consent'],
	rights: ['shared', 'consent'],
	handOver: ['shared', 'consent', 'senders'],
	receiving: ['shared', 'consent', 'senders', 'sending'],
	reporting: ['shared'],
	optInForm: ['shared', 'invitations'],
};

/** What holds for all of services/ holds in each room; a rule given twice for one file counts once, so both stand here. */
function room(name, allowed) {
	const others = Object.keys(ROOMS).filter((other) => other !== name && !allowed.includes(other));
	const [, { patterns }] = arrow('services', SERVICES).rules['no-restricted-imports'];
	const between = {
		regex: `^(\\./)?(\\.\\./)+(${others.join('|')})(/|$)`,
		message: `Arrows run downwards only: services/${name}/ imports of the other rooms ${allowed.join(', ') || 'nothing'}.`,
	};
	return restrict(`services/${name}`, [...patterns, between]);
}

/** What one provider does is no other's business; what Meta and LINK Mobility have in common is in whatsapp/. */
const PROVIDER_ROOMS = { whatsapp: [], meta: ['whatsapp'], websms: ['whatsapp'] };

function providerRoom(name, allowed) {
	const others = Object.keys(PROVIDER_ROOMS).filter((other) => other !== name && !allowed.includes(other));
	const [, { patterns }] = arrow('providers', PROVIDERS).rules['no-restricted-imports'];
	const between = {
		regex: `^(\\./)?(\\.\\./)+(${others.join('|')})(/|$)`,
		message: `Arrows run downwards only: providers/${name}/ imports of the other providers ${allowed.join(', ') || 'nothing'}.`,
	};
	return restrict(`providers/${name}`, [...patterns, between]);
}

const providerRooms = Object.entries(PROVIDER_ROOMS).map(([name, allowed]) => providerRoom(name, allowed));

const rooms = Object.entries(ROOMS).map(([name, allowed]) => room(name, allowed));

const communityRules = n8nCommunityNodesPlugin.configs.recommendedWithoutN8nCloudSupport;

export default tseslint.config(
	{ ignores: ['**/node_modules/**', 'dist/**', '.sandbox/**', 'coverage/**'] },
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	{
		files: ['**/*.{ts,mts}'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: {
			'@typescript-eslint/consistent-type-imports': [
				'error',
				{ fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
			],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
			// A function that has to be async by its type need not wait for anything.
			'@typescript-eslint/require-await': 'off',
			eqeqeq: ['error', 'always'],
			'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
		},
	},
	{
		files: ['test/**/*.ts'],
		rules: {
			// Jest's matchers are typed with any.
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/unbound-method': 'off',
		},
	},
	...arrows,
	...rooms,
	...providerRooms,
	{
		files: ['store/*.ts', 'store/guard/**/*.ts'],
		rules: {
			'no-restricted-imports': [
				'error',
				{
					patterns: [
						...arrow('store', STORE).rules['no-restricted-imports'][1].patterns,
						{
							regex: '/dialect$',
							importNames: ['isPostgres'],
							message: 'Only store/database/ asks which database it is.',
						},
					],
				},
			],
		},
	},
	{
		...communityRules,
		files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'],
		rules: {
			...communityRules.rules,
			// Verification for n8n Cloud forbids them; this package is for self-hosted n8n, whose installer brings them.
			'@n8n/community-nodes/no-runtime-dependencies': 'off',
			// The ledger key is a secret whose name this rule does not know.
			'@n8n/community-nodes/credential-unnecessary-password': 'off',
		},
	},
	{
		files: ['package.json'],
		extends: [tseslint.configs.base],
		languageOptions: { parserOptions: { extraFileExtensions: ['.json'] } },
	},
);

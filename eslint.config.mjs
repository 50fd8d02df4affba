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
	if (!n8n)
		patterns.push({
			regex: N8N_PACKAGES,
			message: `Only nodes/ and credentials/ know n8n: ${folder}/ runs without it.`,
		});
	return {
		files: [`${folder}/**/*.ts`, `${folder}/**/*.mts`],
		rules: { 'no-restricted-imports': ['error', { patterns }] },
	};
}

const NEVER_PUBLISHED = ['sandbox', 'bench', 'test'];

const arrows = [
	arrow('domain', { not: ['store', 'providers', 'services', 'nodes', 'credentials', ...NEVER_PUBLISHED], n8n: false }),
	arrow('store', { not: ['providers', 'services', 'nodes', 'credentials', ...NEVER_PUBLISHED], n8n: false }),
	arrow('providers', { not: ['store', 'services', 'nodes', 'credentials', ...NEVER_PUBLISHED], n8n: false }),
	arrow('services', { not: ['nodes', 'credentials', ...NEVER_PUBLISHED], n8n: false }),
	arrow('nodes', { not: ['credentials', ...NEVER_PUBLISHED], n8n: true }),
	arrow('credentials', { not: ['nodes', 'services', 'store', 'providers', ...NEVER_PUBLISHED], n8n: true }),
];

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

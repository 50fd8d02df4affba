import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';

// A program of its own, because ESLint loads its configuration as an ES module, which Jest does not let it.
// Types are left out: they would take a minute, and an import's path is all that the rule looks at.
const eslint = new ESLint({
	cwd: join(import.meta.dirname, '../..'),
	ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-imports',
	overrideConfig: {
		languageOptions: { parserOptions: { projectService: false } },
		linterOptions: { reportUnusedDisableDirectives: 'off' },
	},
});

const snippets = JSON.parse(readFileSync(0, 'utf8'));
const found = [];
for (const { file, code } of snippets) {
	const [result] = await eslint.lintText(code, { filePath: file });
	found.push(result.messages.map(({ message }) => message));
}
process.stdout.write(JSON.stringify(found));

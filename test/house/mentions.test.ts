import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../..');
const ROOMS = 'domain|store|services|providers|nodes|credentials|workflows|sandbox|test|bench|docs';
/** A path from the top of the repository, as comments and pages write it. */
const PATH = new RegExp(`(?<![\\w./@-])(?:${ROOMS})/[\\w./-]*[\\w]`, 'g');
/** What the authors worked from is not in the repository: a reader can follow a sentence or a link, not a paper's name. */
const PAPERS = /\b(?:PROVIDERS|PORTAL|DESIGN|HOUSE|PITFALLS|N8N\.md|STYLE\.md)\b(?:\.md)?(?: \d)?/g;

interface Mention {
	file: string;
	said: string;
}

function tracked(...patterns: string[]): string[] {
	return execFileSync('git', ['ls-files', '-z', ...patterns], { cwd: root, encoding: 'utf8' })
		.split('\0')
		.filter(Boolean);
}

/** What the comments of a file say. */
function comments(text: string): string {
	return (text.match(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm) ?? []).join('\n');
}

function prose(file: string): string {
	const text = readFileSync(join(root, file), 'utf8');
	return file.endsWith('.md') ? text : comments(text);
}

const isThere = (path: string): boolean =>
	['', '.ts', '.mts', '.js'].some((ending) => existsSync(join(root, path + ending)));

const files = tracked('*.ts', '*.mts', '*.mjs', '*.js', '*.md').filter((file) => file !== 'CHANGELOG.md');

describe('a reader can follow what comments and pages name', () => {
	it('each path that a comment or a page names is there', () => {
		const missing = files.flatMap((file): Mention[] =>
			(prose(file).match(PATH) ?? []).filter((path) => !isThere(path)).map((said) => ({ file, said })),
		);
		expect(missing).toEqual([]);
	});

	it('each link of a page leads to a file', () => {
		const broken = files
			.filter((file) => file.endsWith('.md'))
			.flatMap((file): Mention[] =>
				[...prose(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
					.map(([, link = '']) => link)
					.filter((link) => !existsSync(join(root, dirname(file), link)))
					.map((said) => ({ file, said })),
			);
		expect(broken).toEqual([]);
	});

	it('nothing refers to a paper that is not in the repository', () => {
		const papers = files
			.filter((file) => file !== 'test/house/mentions.test.ts')
			.flatMap((file): Mention[] => (prose(file).match(PAPERS) ?? []).map((said) => ({ file, said })));
		expect(papers).toEqual([]);
	});
});

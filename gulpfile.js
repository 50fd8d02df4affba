const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { promises: fs } = require('node:fs');
const path = require('node:path');
const { dest, series, src } = require('gulp');

const DIST = path.join(__dirname, 'dist');
const STAMP = path.join(DIST, '.built');

/** What a build is made of: a change anywhere below makes the next `gulp build` a real one. */
const SOURCES = [
	'domain',
	'store',
	'providers',
	'services',
	'nodes',
	'credentials',
	'workflows',
	'sandbox',
	'bench',
	'gulpfile.js',
	'package.json',
	'package-lock.json',
	'tsconfig.json',
	'tsconfig.build.json',
];
/** Everything that is no TypeScript and that the built code, or n8n beside it, reads. */
const STATIC_FILES = [
	'nodes/**/*.{svg,png,node.json}',
	'credentials/**/*.{svg,png}',
	'workflows/**/*.json',
	'sandbox/gateway/**/*.{html,css,js,svg,png,ico}',
];

/** Path, size and time of every file below `file`. */
async function listFiles(file) {
	const stat = await fs.stat(file).catch(() => undefined);
	if (!stat) return [];
	if (!stat.isDirectory()) return [`${file} ${stat.size} ${stat.mtimeMs}`];
	const names = (await fs.readdir(file)).filter((name) => name !== 'node_modules').sort();
	return (await Promise.all(names.map((name) => listFiles(path.join(file, name))))).flat();
}

/** A word that changes with any edit, new file or deleted file. */
async function fingerprint() {
	const files = await Promise.all(SOURCES.map((source) => listFiles(path.join(__dirname, source))));
	return createHash('sha256').update(files.flat().join('\n')).digest('hex');
}

async function clean() {
	await fs.rm(DIST, { recursive: true, force: true });
}

async function compile() {
	const compiler = require.resolve('typescript/bin/tsc');
	const child = spawn(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: __dirname, stdio: 'inherit' });
	await new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code) => {
			if (code === 0) resolve();
			else reject(new Error('The code does not compile: the lines above say where.'));
		});
	});
}

function copyStaticFiles() {
	return src(STATIC_FILES, { base: '.', encoding: false, ignore: ['**/node_modules/**'] }).pipe(dest(DIST));
}

async function build() {
	// Taken before the build, so that what is edited meanwhile is built next time.
	const sources = await fingerprint();
	const built = await fs.readFile(STAMP, 'utf8').catch(() => '');
	if (built === sources) return;
	await new Promise((resolve, reject) => {
		series(clean, compile, copyStaticFiles)((error) => (error ? reject(error) : resolve()));
	});
	await fs.writeFile(STAMP, sources);
}
build.description =
	'Compiles into dist/ and copies icons, codex files, templates and pages; does nothing when nothing changed.';

module.exports = { build, clean, default: build };

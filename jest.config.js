const transform = {
	'^.+\\.(ts|js|mjs)$': [
		'@swc/jest',
		{
			jsc: {
				parser: { syntax: 'typescript', decorators: true },
				target: 'es2022',
				transform: { legacyDecorator: true, decoratorMetadata: true },
			},
			module: { type: 'commonjs' },
		},
	],
};

const project = (name, extra = {}) => ({
	displayName: name,
	rootDir: __dirname,
	testEnvironment: 'node',
	testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
	transform,
	setupFilesAfterEnv: ['<rootDir>/test/support/timeout.ts'],
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/sandbox/node_modules', '<rootDir>/.sandbox'],
	...extra,
});

const { existsSync } = require('node:fs');
const { delimiter, join } = require('node:path');
// As sandbox/chromium.ts: without a browser its tests are left out, which `npm test` says in one line; CI has one.
const browser =
	process.env.OPTIN_CHROMIUM ||
	[
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome',
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	].some(existsSync);

/** Programs of the system that a test starts; without one its test is left out, which `npm test` says in one line; CI has both. */
const isOnPath = (program) =>
	(process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
const leftOut = [
	...(browser ? [] : ['/test/e2e/browser/']),
	...(isOnPath('nginx') ? [] : ['/test/e2e/behindProxy']),
	...(isOnPath('redis-server') ? [] : ['/test/e2e/workerKilled']),
];

const postgres = {
	globalSetup: '<rootDir>/test/support/start-postgres.ts',
	globalTeardown: '<rootDir>/test/support/stop-postgres.ts',
};

module.exports = {
	reporters: ['default', '<rootDir>/test/support/closingLine.js'],
	projects: [
		project('house'),
		project('domain'),
		project('providers'),
		project('store', postgres),
		project('services', postgres),
		project('nodes'),
		project('workflows'),
		project('sandbox'),
		project('e2e', {
			globalSetup: '<rootDir>/test/e2e/build.ts',
			testPathIgnorePatterns: ['/node_modules/', ...leftOut],
		}),
	],
};

const transform = {
	'^.+\\.(ts|js|mjs)$': [
		'@swc/jest',
		{
			jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022', transform: { legacyDecorator: true, decoratorMetadata: true } },
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
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/sandbox/node_modules', '<rootDir>/.sandbox'],
	...extra,
});

module.exports = {
	projects: [
		project('unit'),
		project('providers'),
		project('store', { globalSetup: '<rootDir>/test/store/start-postgres.ts', globalTeardown: '<rootDir>/test/store/stop-postgres.ts' }),
		project('nodes'),
		project('e2e', { globalSetup: '<rootDir>/test/e2e/build.ts' }),
	],
};

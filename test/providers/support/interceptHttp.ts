import nock from 'nock';

/**
 * Every request of this file meets nock, and each answer set up must have been asked for. Put back at the end:
 * nock patches Node's own http, which jest's test files in one worker share.
 */
export function interceptHttp(): void {
	beforeAll(() => nock.disableNetConnect());
	afterEach(() => {
		const pending = nock.pendingMocks();
		nock.cleanAll();
		expect(pending).toEqual([]);
	});
	afterAll(() => nock.restore());
}

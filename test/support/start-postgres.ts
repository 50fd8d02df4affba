import { startPostgres } from './postgres';

/** One PostgreSQL for the whole store suite; each test gets a database of its own in it. */
export default async function start(): Promise<void> {
	const postgres = await startPostgres();
	Object.assign(globalThis, { optinPostgres: postgres });
	process.env.OPTIN_TEST_POSTGRES = JSON.stringify({
		port: postgres.port,
		user: postgres.user,
		password: postgres.password,
	});
}

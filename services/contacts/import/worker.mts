/**
 * The thread in which an import decodes, parses and reads numbers, so that n8n's event loop does none of it.
 * Tests start this file as it is, through Node's type stripping, which wants file endings in imports: it is lent the rule that has none.
 */
import { createRequire, registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

import type { ReadSettings } from './protocol.js';

if (import.meta.filename.endsWith('.mts')) {
	registerHooks({
		resolve(specifier, context, next) {
			const isOurs = specifier.startsWith('.') && !/\.\w+$/.test(specifier);
			return isOurs && !context.parentURL?.includes('node_modules')
				? { ...next(`${specifier}.ts`, context), format: 'module-typescript' }
				: next(specifier, context);
		},
	});
}

const port = parentPort;
if (!port) throw new Error('services/contacts/import/worker is started as a worker thread only.');
const { serve } = createRequire(import.meta.url)('./serve') as typeof import('./serve.js');
void serve(port, workerData as ReadSettings);

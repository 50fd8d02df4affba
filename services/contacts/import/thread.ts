import { extname, join } from 'node:path';
import { type ResourceLimits, Worker } from 'node:worker_threads';

import { InvalidInputError } from '../../../domain/errors';
import type { FromThread, Piece, ReadChunk, ReadSettings, SheetRead, ToThread } from './protocol';

/** A spreadsheet is held whole while it is read; this is what stops one that is too large, instead of n8n running out of memory. */
const LIMITS = { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 16 };

/**
 * Reads contacts in a thread of its own; asks for the next piece when it has room, and reads at most CHUNKS_AHEAD ahead of whoever takes the chunks.
 * @throws {InvalidInputError} for what cannot be read. Ending early ends the thread and closes `pieces`.
 */
export async function* readInThread(
	pieces: AsyncIterable<Piece>,
	settings: ReadSettings,
	onSheet: (sheet: SheetRead) => void,
	limits: ResourceLimits = LIMITS,
): AsyncGenerator<ReadChunk> {
	const source = pieces[Symbol.asyncIterator]();
	const worker = new Worker(join(__dirname, extname(__filename) === '.ts' ? 'worker.mts' : 'worker.mjs'), {
		workerData: settings,
		resourceLimits: limits,
	});
	const send = (message: ToThread): void => worker.postMessage(message);
	const waiting: string[] = [];
	let end: { error?: Error } | undefined;
	let wake: () => void = () => undefined;
	const finish = (error?: Error): void => {
		end ??= { error };
		wake();
	};
	const feed = async (): Promise<void> => {
		try {
			const next = await source.next();
			send({ piece: next.done ? null : next.value });
		} catch (error) {
			finish(error instanceof Error ? error : new Error(String(error)));
		}
	};
	worker.on('message', (message: FromThread) => {
		if (message === 'more') void feed();
		else if (message === 'done') finish();
		else if ('sheet' in message) onSheet(message.sheet);
		else if ('chunk' in message) {
			waiting.push(message.chunk);
			wake();
		} else finish(message.ownFault ? new InvalidInputError(message.failed) : new Error(message.failed));
	});
	worker.on('error', (error) => finish(readingError(error)));
	worker.on('exit', () => finish(new Error('The thread that reads the file ended before the file did.')));
	try {
		for (;;) {
			const chunk = waiting.shift();
			if (chunk !== undefined) {
				send('taken');
				yield JSON.parse(chunk) as ReadChunk;
			} else if (end) {
				if (end.error) throw end.error;
				return;
			} else await new Promise<void>((resolve) => (wake = resolve));
		}
	} finally {
		await worker.terminate();
		await source.return?.();
	}
}

function readingError(error: unknown): Error {
	const { code } = Object(error) as { code?: string };
	if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
		return new InvalidInputError(
			'The spreadsheet is too large to be read. Save it as CSV, which is read row by row, and import that.',
		);
	}
	return error instanceof Error ? error : new Error(String(error));
}

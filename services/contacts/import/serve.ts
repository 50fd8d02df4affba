import type { MessagePort } from 'node:worker_threads';

import { OptInError } from '../../../domain/errors';
import { CHUNKS_AHEAD, type FromThread, type Piece, type ReadSettings, type ToThread } from './protocol';
import { readChunks } from './readChunks';

/** Reads what comes in at the port, and gives out chunks, never more than CHUNKS_AHEAD that nobody has taken. */
export async function serve(port: MessagePort, settings: ReadSettings): Promise<void> {
	const send = (message: FromThread): void => port.postMessage(message);
	let free = CHUNKS_AHEAD;
	let wake: () => void = () => undefined;
	let arrived: ((message: Exclude<ToThread, 'taken'>) => void) | undefined;
	port.on('message', (message: ToThread) => {
		if (message !== 'taken') return arrived?.(message);
		free++;
		wake();
	});
	async function* pieces(): AsyncGenerator<Piece> {
		for (;;) {
			const coming = new Promise<Exclude<ToThread, 'taken'>>((resolve) => (arrived = resolve));
			send('more');
			const message = await coming;
			if ('failed' in message) throw new Error(message.failed);
			if (message.piece === null) return;
			yield message.piece;
		}
	}
	try {
		for await (const chunk of readChunks(pieces(), settings, (sheet) => send({ sheet }))) {
			if (free === 0) await new Promise<void>((resolve) => (wake = resolve));
			free--;
			send({ chunk: JSON.stringify(chunk) });
		}
		send('done');
	} catch (error) {
		send({ failed: error instanceof Error ? error.message : String(error), ownFault: error instanceof OptInError });
	} finally {
		port.close();
	}
}

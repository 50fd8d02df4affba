import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The newest consent record that this machine has seen of a store. */
export interface Watermark {
	/** How many restores had been confirmed. */
	epoch: number;
	recordId: number;
	hash: string;
}

export function watermarkFile(folder: string, storeId: string): string {
	return join(folder, `${storeId}.watermark`);
}

/** Null where there is none that can be read: a torn file tells nothing. */
export async function readWatermark(file: string): Promise<Watermark | null> {
	try {
		const { epoch, recordId, hash } = JSON.parse(await readFile(file, 'utf8')) as Partial<Watermark>;
		return typeof epoch === 'number' && typeof recordId === 'number' && typeof hash === 'string'
			? { epoch, recordId, hash }
			: null;
	} catch {
		return null;
	}
}

/** Whole or not at all, also when the process is killed meanwhile. */
export async function writeWatermark(file: string, watermark: Watermark): Promise<void> {
	const draft = `${file}.${process.pid}-${drafts++}.tmp`;
	await mkdir(dirname(file), { recursive: true, mode: 0o700 });
	try {
		const handle = await open(draft, 'w', 0o600);
		try {
			await handle.writeFile(`${JSON.stringify(watermark)}\n`);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(draft, file);
	} catch (error) {
		await rm(draft, { force: true }).catch(() => undefined);
		throw error;
	}
}

let drafts = 0;

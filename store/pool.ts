import { createHash } from 'node:crypto';

import { type OpenOptions, openStore, type Store, type StoreSettings } from './store';

/** How long a store nobody uses stays open, so that a workflow of several nodes opens it once. */
const IDLE_MS = 60_000;

interface Entry {
	opening: Promise<Store>;
	users: number;
	idle?: NodeJS.Timeout;
}

const entries = new Map<string, Entry>();

/** One open store for each credential and process, closed when it has been idle for a minute. */
export interface StoreHandle {
	store: Store;
	/** Says that this user is done with it. Once. */
	release(): void;
}

/** @throws what openStore throws; a store that could not be opened is tried anew by the next call. */
export async function acquireStore(settings: StoreSettings, options: OpenOptions): Promise<StoreHandle> {
	const key = createHash('sha256').update(JSON.stringify(settings)).digest('hex');
	const entry = entries.get(key) ?? open(key, settings, options);
	clearTimeout(entry.idle);
	entry.users++;
	const leave = (): void => {
		entry.users--;
		if (entry.users > 0 || entries.get(key) !== entry) return;
		entry.idle = setTimeout(() => {
			entries.delete(key);
			void entry.opening.then((store) => store.close());
		}, IDLE_MS);
		entry.idle.unref();
	};
	try {
		return { store: await entry.opening, release: leave };
	} catch (error) {
		entries.delete(key);
		throw error;
	}
}

function open(key: string, settings: StoreSettings, options: OpenOptions): Entry {
	const entry: Entry = { opening: openStore(settings, options), users: 0 };
	entries.set(key, entry);
	return entry;
}

/** Closes every store of this process now (for programs that end, and tests). */
export async function closeStores(): Promise<void> {
	const open = [...entries.values()];
	entries.clear();
	for (const { opening, idle } of open) {
		clearTimeout(idle);
		await opening.then((store) => store.close()).catch(() => undefined);
	}
}

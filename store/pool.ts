import { createHash } from 'node:crypto';

import { type OpenOptions, openStore, type Store, type StoreSettings } from './store';

/** How long a store nobody uses stays open, so that a workflow of several nodes opens it once. */
const IDLE_MS = 60_000;

interface Entry {
	opening: Promise<Store>;
	store?: Store;
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
	let entry = entries.get(key);
	if (entry?.store?.isBroken) {
		retire(key, entry);
		entry = undefined;
	}
	entry ??= open(key, settings, options);
	clearTimeout(entry.idle);
	entry.users++;
	const used = entry;
	const leave = (): void => {
		used.users--;
		if (used.users > 0) return;
		if (entries.get(key) !== used) return retired(used);
		used.idle = setTimeout(() => {
			entries.delete(key);
			retired(used);
		}, IDLE_MS);
		used.idle.unref();
	};
	try {
		const store = (used.store = await used.opening);
		return { store, release: leave };
	} catch (error) {
		if (entries.get(key) === used) entries.delete(key);
		throw error;
	}
}

function open(key: string, settings: StoreSettings, options: OpenOptions): Entry {
	const entry: Entry = { opening: openStore(settings, options), users: 0 };
	entries.set(key, entry);
	return entry;
}

/** Its users keep it until they leave; nobody else gets it. */
function retire(key: string, entry: Entry): void {
	entries.delete(key);
	clearTimeout(entry.idle);
	if (entry.users === 0) retired(entry);
}

function retired(entry: Entry): void {
	void entry.opening.then((store) => store.close()).catch(() => undefined);
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

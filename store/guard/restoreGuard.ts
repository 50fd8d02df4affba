import { blockSending, restoreEpoch, sendingBlock } from './sendingBlock';
import { addSetting, readSetting, saveSetting } from '../database/settings';
import type { Database } from '../schema';
import { isElsewhere, placeOf, type StorePlace } from './storeLocation';
import { readWatermark, type Watermark, watermarkFile, writeWatermark } from './watermark';

const PLACE = 'storePlace';
/** How long after a change the watermark follows at the latest. */
const FOLLOW_MS = 1_000;

const WENT_BACK =
	'The store has gone back in time: it lacks consent records that it had before, as after restoring a backup.';
const MOVED = 'The store lies in another place than before, as after restoring a backup or moving it.';

export interface GuardedStore {
	id: string;
	/** Where this machine keeps its watermark; null: nowhere. */
	folder: string | null;
	/** Of an SQLite store; null: PostgreSQL. */
	file: string | null;
	now: () => number;
}

/**
 * Notices that a store is no longer the one that was left: a restored backup has forgotten opt-outs, so nothing may be sent
 * from it until an operator has confirmed it. The watermark lies outside the database, so that it does not go back with it.
 */
export class RestoreGuard {
	private known: Watermark | null = null;
	private timer: NodeJS.Timeout | undefined;
	private following: Promise<void> = Promise.resolve();
	private isClosed = false;

	constructor(
		private readonly db: Database,
		private readonly guarded: GuardedStore,
	) {}

	/** Compares the store with what was seen of it last, and blocks sending where it is another. */
	async check(): Promise<void> {
		const place = await placeOf(this.db, this.guarded.file);
		await addSetting(this.db, PLACE, JSON.stringify(place));
		const before = JSON.parse((await readSetting(this.db, PLACE)) ?? '{}') as StorePlace;
		if (isElsewhere(before, place)) await this.block(MOVED, await restoreEpoch(this.db));
		else if (JSON.stringify(before) !== JSON.stringify(place))
			await this.rememberPlace(this.db, { ...before, ...withoutNulls(place) });
		this.known = this.file === null ? null : await readWatermark(this.file);
		await this.follow();
	}

	/** Something may have been written. */
	changed(): void {
		if (this.isClosed || this.timer) return;
		this.timer = setTimeout(() => {
			this.timer = undefined;
			void this.follow().catch(() => undefined);
		}, FOLLOW_MS);
		this.timer.unref();
	}

	/** Before the database is closed. */
	async close(): Promise<void> {
		this.isClosed = true;
		clearTimeout(this.timer);
		await this.follow().catch(() => undefined);
	}

	/** Takes the store as it is now and where it is now; in the transaction of the confirmation. @returns the new epoch. */
	async accept(db: Database): Promise<number> {
		await this.rememberPlace(db, await placeOf(this.db, this.guarded.file));
		const seen = this.file === null ? null : await readWatermark(this.file);
		return Math.max(await restoreEpoch(db), seen?.epoch ?? 0) + 1;
	}

	/** One after the other, so that an older watermark never replaces a newer one of this process. */
	async follow(): Promise<void> {
		const next = this.following.catch(() => undefined).then(() => this.compareAndFollow());
		this.following = next;
		await next;
	}

	private async compareAndFollow(): Promise<void> {
		const epoch = await restoreEpoch(this.db);
		const isOfThisEpoch = this.known !== null && this.known.epoch >= epoch;
		if (this.known !== null && isOfThisEpoch && (this.known.epoch > epoch || !(await this.has(this.known)))) {
			await this.block(WENT_BACK, epoch);
			return;
		}
		if ((await sendingBlock(this.db)) !== null) return;
		const newest = await this.db
			.selectFrom('consent_record')
			.select(['id', 'hash'])
			.orderBy('id', 'desc')
			.limit(1)
			.executeTakeFirst();
		if (!newest || (this.known?.recordId === newest.id && this.known.epoch === epoch)) return;
		const watermark = { epoch, recordId: newest.id, hash: newest.hash };
		this.known = watermark;
		// A watermark that cannot be written is no reason to fail: the one before stays, and tells nearly as much.
		if (this.file !== null) await writeWatermark(this.file, watermark).catch(() => undefined);
	}

	private async has({ recordId, hash }: Watermark): Promise<boolean> {
		const found = await this.db
			.selectFrom('consent_record')
			.select('hash')
			.where('id', '=', recordId)
			.executeTakeFirst();
		return found?.hash === hash;
	}

	/** Unless an operator has confirmed meanwhile. */
	private async block(reason: string, epoch: number): Promise<void> {
		await this.db.transaction().execute(async (db) => {
			if ((await restoreEpoch(db)) === epoch) await blockSending(db, { reason, since: this.guarded.now() });
		});
	}

	private async rememberPlace(db: Database, place: StorePlace): Promise<void> {
		await saveSetting(db, PLACE, JSON.stringify(place));
	}

	private get file(): string | null {
		return this.guarded.folder === null ? null : watermarkFile(this.guarded.folder, this.guarded.id);
	}
}

function withoutNulls(place: StorePlace): StorePlace {
	return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== null));
}

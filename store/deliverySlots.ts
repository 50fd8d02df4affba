import { forUpdateSkipLocked } from './database/dialect';
import type { Database } from './schema';

/** A lease on sending for a sender. */
export interface SlotLease {
	/** A secret of the execution that holds it. */
	owner: string;
	senderId: number;
}

/** Takes the free slots of a sender, at most `slots` in all; `newOwner` names each. */
export async function takeFreeSlots(
	db: Database,
	{
		senderId,
		slots,
		trigger,
		now,
		leaseMs,
		newOwner,
	}: { senderId: number; slots: number; trigger: string; now: number; leaseMs: number; newOwner: () => string },
): Promise<SlotLease[]> {
	await db
		.insertInto('delivery_slot')
		.values(
			Array.from({ length: slots }, (_, number) => ({
				sender_id: senderId,
				number,
				owner: null,
				trigger: null,
				lease_until: 0,
			})),
		)
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	const free = await forUpdateSkipLocked(
		db,
		db
			.selectFrom('delivery_slot')
			.select('number')
			.where('sender_id', '=', senderId)
			.where('number', '<', slots)
			.where((where) => where.or([where('owner', 'is', null), where('lease_until', '<=', now)]))
			.orderBy('number'),
	).execute();
	const taken: SlotLease[] = [];
	for (const { number } of free) {
		const owner = newOwner();
		await db
			.updateTable('delivery_slot')
			.set({ owner, trigger, lease_until: now + leaseMs })
			.where('sender_id', '=', senderId)
			.where('number', '=', number)
			.execute();
		taken.push({ owner, senderId });
	}
	return taken;
}

/** Prolongs a lease. @returns false when the slot was revoked, or given to somebody else. */
export async function renewSlot(db: Database, owner: string, leaseUntil: number): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('delivery_slot')
		.set({ lease_until: leaseUntil })
		.where('owner', '=', owner)
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}

export async function holdsSlot(db: Database, owner: string): Promise<boolean> {
	const row = await db.selectFrom('delivery_slot').select('number').where('owner', '=', owner).executeTakeFirst();
	return row !== undefined;
}

export async function freeSlot(db: Database, owner: string): Promise<void> {
	await db
		.updateTable('delivery_slot')
		.set({ owner: null, trigger: null, lease_until: 0 })
		.where('owner', '=', owner)
		.execute();
}

/** Takes back every slot a trigger gave out. @returns how many. */
export async function freeSlotsOf(db: Database, trigger: string): Promise<number> {
	const { numUpdatedRows } = await db
		.updateTable('delivery_slot')
		.set({ owner: null, trigger: null, lease_until: 0 })
		.where('trigger', '=', trigger)
		.executeTakeFirst();
	return Number(numUpdatedRows);
}

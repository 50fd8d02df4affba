import { randomUUID } from 'node:crypto';

import type { ProviderName } from '../../domain/provider';
import { campaignById, finishCampaigns } from '../../store/campaigns';
import { freeSlot, freeSlotsOf, takeFreeSlots } from '../../store/deliverySlots';
import { hasSomethingToSend } from '../../store/outbox';
import { sendingBlock } from '../../store/guard/sendingBlock';
import type { Store } from '../../store/store';
import { type CampaignView, viewsOf } from './campaignViews';
import { carryPending } from '../senders/companyNumberChange';
import { giveUpInterrupted } from '../shared/leftBehind';

export interface SlotItem {
	/** The owner token: whoever has it may deliver. */
	slot: string;
	senderId: number;
	senderPhone: string;
	provider: ProviderName;
}

export interface TakenSlots {
	slots: SlotItem[];
	/** Campaigns with nothing more to send, each reported once. */
	finishedCampaigns: CampaignView[];
}

export const SLOT_LEASE_MS = 30_000;
const SLOTS_PER_SENDER = 2;
/** Opt-outs of a changed number, where taking them over was broken off. */
const CARRY_MS = 500;

/** Gives out the free slots of senders with something to send; settles what crashed deliveries left; finishes campaigns. */
export async function takeSlots(
	store: Store,
	{
		trigger,
		slotsPerSender = SLOTS_PER_SENDER,
		leaseMs = SLOT_LEASE_MS,
	}: { trigger: string; slotsPerSender?: number; leaseMs?: number },
): Promise<TakenSlots> {
	await giveUpInterrupted(store);
	await carryPending(store, { forMs: CARRY_MS });
	const due = await store.read(async (db) => {
		if ((await sendingBlock(db)) !== null) return [];
		const senders = await db
			.selectFrom('sender')
			.select(['id', 'phone', 'provider'])
			.where('stopped_reason', 'is', null)
			.orderBy('id')
			.execute();
		const withWork = [];
		for (const sender of senders) if (await hasSomethingToSend(db, sender.id, store.now())) withWork.push(sender);
		return withWork;
	});
	const slots: SlotItem[] = [];
	for (const { id, phone, provider } of due) {
		const taken = await store.transaction((db) =>
			takeFreeSlots(db, {
				senderId: id,
				slots: slotsPerSender,
				trigger,
				now: store.now(),
				leaseMs,
				newOwner: randomUUID,
			}),
		);
		slots.push(...taken.map(({ owner }) => ({ slot: owner, senderId: id, senderPhone: phone, provider })));
	}
	return { slots, finishedCampaigns: await finish(store) };
}

/** Takes back every slot this trigger gave out: requests in flight end, none starts. @returns how many. */
export async function revokeSlots(store: Store, { trigger }: { trigger: string }): Promise<number> {
	return await store.transaction((db) => freeSlotsOf(db, trigger));
}

export async function releaseSlot(store: Store, slot: string): Promise<void> {
	await store.transaction((db) => freeSlot(db, slot));
}

async function finish(store: Store): Promise<CampaignView[]> {
	const running = await store.read((db) =>
		db.selectFrom('campaign').select('id').where('state', '=', 'running').limit(1).executeTakeFirst(),
	);
	if (!running) return [];
	const ids = await store.transaction((db) => finishCampaigns(db, store.now()));
	return await store.read(async (db) => {
		const campaigns = [];
		for (const id of ids) campaigns.push(await campaignById(db, id));
		return await viewsOf(
			db,
			campaigns.filter((campaign) => campaign !== undefined),
			false,
		);
	});
}

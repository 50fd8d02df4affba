import type { AudienceChannel } from '../../domain/audience';
import type { Channel, Purpose } from '../../domain/channel';
import type { MessageContent } from '../../domain/content';
import { assertSendable } from '../../domain/contentRules';
import { ConflictError, InvalidInputError, NotFoundError, OptInError } from '../../domain/errors';
import { isPhone, normalisePhone } from '../../domain/phone';
import { knownAmong } from '../shared/personRef';
import { peoplePlanned } from '../../store/audience';
import {
	type Campaign,
	campaignById,
	campaignByKey,
	cancelMessages,
	insertCampaign,
	leftOutTotals,
	lockCampaign,
	selectCampaigns,
	setCampaign,
} from '../../store/campaigns';
import { addCounts } from '../../store/counters';
import { resolveGroup } from '../../store/groups';
import { insertMessages } from '../../store/messageChanges';
import type { Database } from '../../store/schema';
import { resolveSender, type Sender, senderById } from '../../store/senders';
import type { Store } from '../../store/store';
import { ensurePeople } from '../consent/ensurePeople';
import { type CampaignView, noCounts, viewsOf } from './campaignViews';
import { type MayReach, type Plan, planChunk } from './planning';
import type { Providers } from './providerAccounts';

export type { CampaignView };

export interface PreviewInput {
	purpose: Purpose;
	channels: AudienceChannel;
	/** Sender id, E.164 number, or '' for the only one. Unused where the channel is not. */
	whatsAppSender: string;
	smsSender: string;
	/** Group ids or shortcodes. */
	groups: readonly string[];
	excludedGroups?: readonly string[];
	/** Numbers typed in, as people write them. */
	numbers?: readonly string[];
	content: MessageContent;
	/** UTC ms; nothing goes out before it. */
	startsAt?: number;
}

export interface CampaignInput extends PreviewInput {
	/** The caller's own: the same key again is the same campaign. */
	key: string;
	name?: string;
}

export interface CampaignPreview {
	counts: CampaignView['counts'];
	leftOut: Record<string, number>;
	total: number;
}

/** Longer keys and names come from mistakes, such as a whole document in the field. */
const LONGEST_KEY = 200;
const CANCELLED_AT_ONCE = 500;

/**
 * Turns an audience into messages, each queued or left out with its reason, in short transactions. Nothing is shown or sent
 * before all of it is planned. Called again with the same key it goes on where it was interrupted, or returns the campaign.
 * @param providers those attached, as far as known: in trial mode everybody but the allowed numbers is left out.
 */
export async function createCampaign(
	store: Store,
	input: CampaignInput,
	providers: Providers = {},
): Promise<CampaignView> {
	const key = input.key.trim();
	if (key === '' || key.length > LONGEST_KEY)
		throw new InvalidInputError(`The campaign needs a key of 1 to ${LONGEST_KEY} characters.`);
	const known = await store.read((db) => campaignByKey(db, key));
	const created = known === undefined && (await insert(store, key, input));
	const campaign = known ?? (await store.read((db) => campaignByKey(db, key)));
	if (!campaign) throw new OptInError('The campaign was not kept. Try again.');
	if (campaign.state === 'planning') await planAll(store, campaign, providers);
	return await view(store, campaign.id, created);
}

/** Counts who would get a message and who would be left out, and writes nothing. */
export async function previewCampaign(
	store: Store,
	input: PreviewInput,
	providers: Providers = {},
): Promise<CampaignPreview> {
	const preview: CampaignPreview = { counts: noCounts(), leftOut: {}, total: 0 };
	const plan = { id: null, ...(await resolve(store, input)) };
	const given = new Set<string>();
	const mayReach = await store.read((db) => reachOf(db, plan, providers));
	for (let cursor = -plan.audience.numbers.length, isLast = false; !isLast;) {
		const chunk = await store.read((db) => planChunk(db, plan, cursor, store.now(), async () => given, mayReach));
		for (const { state, reason, channel, recipient, identityId } of chunk.messages) {
			preview.counts[state]++;
			preview.total++;
			if (reason !== null) preview.leftOut[reason] = (preview.leftOut[reason] ?? 0) + 1;
			else for (const address of [recipient, `#${identityId}`]) given.add(`${channel} ${address}`);
		}
		({ next: cursor, isLast } = chunk);
	}
	return preview;
}

async function insert(store: Store, key: string, input: CampaignInput): Promise<boolean> {
	const plan = await resolve(store, input);
	return await store.transaction((db) =>
		insertCampaign(db, {
			...plan,
			key,
			name: (input.name?.trim() || key).slice(0, LONGEST_KEY),
			createdAt: store.now(),
		}),
	);
}

/** Turns what was typed into ids and normalised numbers. */
async function resolve(store: Store, input: PreviewInput): Promise<Omit<Plan, 'id'>> {
	const channels: Channel[] =
		input.channels === 'sms' || input.channels === 'whatsapp' ? [input.channels] : ['whatsapp', 'sms'];
	assertSendable(input.content, channels);
	return await store.read(async (db) => {
		const whatsApp = channels.includes('whatsapp') ? await resolveSender(db, input.whatsAppSender, 'whatsapp') : null;
		const sms = channels.includes('sms') ? await resolveSender(db, input.smsSender, 'sms') : null;
		const audience = {
			groupIds: await groupIds(db, input.groups),
			excludedGroupIds: await groupIds(db, input.excludedGroups ?? []),
			numbers: await normalised(db, input.numbers ?? [], whatsApp ?? sms),
		};
		if (audience.groupIds.length === 0 && audience.numbers.length === 0) {
			throw new InvalidInputError('The campaign has no audience. Choose at least one group, or enter numbers.');
		}
		return {
			purpose: input.purpose,
			channels: input.channels,
			whatsAppSenderId: whatsApp?.id ?? null,
			smsSenderId: sms?.id ?? null,
			audience,
			content: input.content,
			startsAt: input.startsAt ?? store.now(),
		};
	});
}

async function groupIds(db: Database, refs: readonly string[]): Promise<number[]> {
	const ids = new Set<number>();
	for (const ref of refs) ids.add((await resolveGroup(db, ref)).id);
	return [...ids];
}

async function normalised(db: Database, numbers: readonly string[], sender: Sender | null): Promise<string[]> {
	const country = sender?.country ?? '';
	const refused = numbers.filter((number) => !isPhone(number, country));
	const known = await knownAmong(db, refused);
	return numbers.map((number, index) => {
		const told = known.get(number);
		if (told !== undefined) return told;
		try {
			return normalisePhone(number, country).phone;
		} catch (error) {
			if (!(error instanceof InvalidInputError)) throw error;
			throw new InvalidInputError(`Number ${index + 1} of the list: ${error.message}`);
		}
	});
}

async function planAll(store: Store, campaign: Campaign, providers: Providers): Promise<void> {
	const mayReach = await store.read((db) => reachOf(db, campaign, providers));
	while (await planNext(store, campaign.id, mayReach));
}

async function reachOf(
	db: Database,
	{ whatsAppSenderId, smsSenderId }: Omit<Plan, 'id'>,
	providers: Providers,
): Promise<MayReach> {
	const providerOf = async (senderId: number | null) => {
		const sender = senderId === null ? undefined : await senderById(db, senderId);
		return sender && providers[sender.provider];
	};
	const by = { whatsapp: await providerOf(whatsAppSenderId), sms: await providerOf(smsSenderId) };
	return (channel, phone) => by[channel]?.allows?.(phone) ?? true;
}

/** One chunk with its place in one transaction: whatever is interrupted goes on there. @returns whether there is more. */
async function planNext(store: Store, campaignId: number, mayReach: MayReach): Promise<boolean> {
	return await store.transaction(async (db) => {
		const campaign = await lockCampaign(db, campaignId);
		if (!campaign || campaign.state !== 'planning') return false;
		const now = store.now();
		const chunk = await planChunk(
			db,
			campaign,
			campaign.plannedThrough,
			now,
			(people) => peoplePlanned(db, campaignId, people),
			mayReach,
		);
		const phones = chunk.messages.flatMap(({ recipient }) => (recipient === null ? [] : [recipient]));
		const identities = await ensurePeople(store, db, phones);
		await insertMessages(
			db,
			chunk.messages.map((message) => ({
				...message,
				identityId: message.recipient === null ? message.identityId : (identities.get(message.recipient) ?? null),
			})),
			now,
		);
		if (chunk.isLast) await countLeftOut(db, campaign, now);
		await setCampaign(db, campaignId, { plannedThrough: chunk.next, ...(chunk.isLast ? { state: 'running' } : {}) });
		return !chunk.isLast;
	});
}

/** Only when the whole is planned: a report that showed half a campaign would be wrong. */
async function countLeftOut(db: Database, { id, content }: Campaign, now: number): Promise<void> {
	const totals = await leftOutTotals(db, id);
	await addCounts(
		db,
		totals.map(({ senderId, channel, groupId, reason, total }) => ({
			at: now,
			senderId,
			channel,
			what: 'skipped',
			campaignId: id,
			groupId,
			template: content.type === 'template' ? content.name : null,
			error: reason,
			total,
		})),
	);
}

/** @param ref campaign id, or its key. @throws {NotFoundError} */
export async function getCampaign(store: Store, ref: string): Promise<CampaignView> {
	return await view(store, (await find(store, ref)).id, false);
}

/** Newest first. */
export async function listCampaigns(
	store: Store,
	{ search = '', limit = 50, before = null }: { search?: string; limit?: number; before?: number | null } = {},
): Promise<CampaignView[]> {
	return await store.read(async (db) => await viewsOf(db, await selectCampaigns(db, { search, limit, before }), false));
}

/** Messages being sent end; nothing more starts until it is resumed. */
export async function pauseCampaign(store: Store, ref: string): Promise<CampaignView> {
	return await change(store, ref, ({ state }) => {
		if (state === 'paused') return null;
		if (state !== 'running') throw new ConflictError(`The campaign is ${state}; only a running one can be paused.`);
		return { state: 'paused', pauseReason: null };
	});
}

export async function resumeCampaign(store: Store, ref: string): Promise<CampaignView> {
	return await change(store, ref, ({ state }) => {
		if (state === 'running') return null;
		if (state !== 'paused') throw new ConflictError(`The campaign is ${state}; only a paused one can be resumed.`);
		return { state: 'running', pauseReason: null };
	});
}

/** For good: what is queued is cancelled. What has been sent stays as it is. */
export async function cancelCampaign(store: Store, ref: string): Promise<CampaignView> {
	const cancelled = await change(store, ref, ({ state }) => {
		if (state === 'cancelled') return null;
		if (state === 'finished') throw new ConflictError('The campaign is finished; there is nothing left to cancel.');
		return { state: 'cancelled', finishedAt: store.now() };
	});
	const { campaignId } = cancelled;
	while (
		(await store.transaction((db) => cancelMessages(db, campaignId, CANCELLED_AT_ONCE, store.now()))) ===
		CANCELLED_AT_ONCE
	);
	return await view(store, campaignId, false);
}

async function change(
	store: Store,
	ref: string,
	decide: (campaign: Campaign) => Parameters<typeof setCampaign>[2] | null,
): Promise<CampaignView> {
	const { id } = await find(store, ref);
	await store.transaction(async (db) => {
		const campaign = await lockCampaign(db, id);
		const wanted = campaign ? decide(campaign) : null;
		if (wanted) await setCampaign(db, id, wanted);
	});
	return await view(store, id, false);
}

async function find(store: Store, ref: string): Promise<Campaign> {
	const wanted = ref.trim();
	const campaign = await store.read(async (db) => {
		const byKey = await campaignByKey(db, wanted);
		return byKey ?? (/^[1-9]\d{0,14}$/.test(wanted) ? await campaignById(db, Number(wanted)) : undefined);
	});
	if (!campaign)
		throw new NotFoundError(`There is no campaign "${wanted.slice(0, 40)}". Choose one from the list, or create it.`);
	return campaign;
}

async function view(store: Store, id: number, created: boolean): Promise<CampaignView> {
	return await store.read(async (db) => {
		const campaign = await campaignById(db, id);
		const [found] = campaign ? await viewsOf(db, [campaign], created) : [];
		if (!found) throw new NotFoundError('The campaign does not exist any more.');
		return found;
	});
}

import type { AudienceChannel } from '../../domain/audience';
import type { Purpose } from '../../domain/channel';
import { MESSAGE_STATES, type MessageState } from '../../domain/messageState';
import { type Campaign, messageTotals } from '../../store/campaigns';
import type { CampaignState, Database } from '../../store/schema';

export interface CampaignView {
	campaignId: number;
	key: string;
	name: string;
	state: CampaignState;
	purpose: Purpose;
	channels: AudienceChannel;
	/** Messages by the state they are in now. */
	counts: Record<MessageState, number>;
	/** Of those skipped: how many for which reason. */
	leftOut: Record<string, number>;
	/** All messages, those left out among them. */
	total: number;
	/** Whether this call made it. */
	created: boolean;
	/** Why it waits for the operator, or null. */
	pauseReason: string | null;
	/** ISO 8601, as the times below. */
	startsAt: string;
	createdAt: string;
	finishedAt: string | null;
}

export function noCounts(): Record<MessageState, number> {
	return Object.fromEntries(MESSAGE_STATES.map((state) => [state, 0])) as Record<MessageState, number>;
}

/** Campaigns with their counts; one that is still being planned shows none, because half of them would be wrong. */
export async function viewsOf(db: Database, campaigns: readonly Campaign[], created: boolean): Promise<CampaignView[]> {
	const planned = campaigns.filter(({ state }) => state !== 'planning').map(({ id }) => id);
	const totals = await messageTotals(db, planned);
	return campaigns.map((campaign) => {
		const counts = noCounts();
		const leftOut: Record<string, number> = {};
		for (const { campaignId, state, reason, total } of totals) {
			if (campaignId !== campaign.id) continue;
			counts[state] += total;
			if (state === 'skipped') leftOut[reason ?? ''] = (leftOut[reason ?? ''] ?? 0) + total;
		}
		return {
			campaignId: campaign.id,
			key: campaign.key,
			name: campaign.name,
			state: campaign.state,
			purpose: campaign.purpose,
			channels: campaign.channels,
			counts,
			leftOut,
			total: Object.values(counts).reduce((sum, count) => sum + count, 0),
			created,
			pauseReason: campaign.pauseReason,
			startsAt: new Date(campaign.startsAt).toISOString(),
			createdAt: new Date(campaign.createdAt).toISOString(),
			finishedAt: campaign.finishedAt === null ? null : new Date(campaign.finishedAt).toISOString(),
		};
	});
}

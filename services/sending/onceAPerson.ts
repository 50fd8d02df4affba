import { givenInCampaigns, type OutboxMessage } from '../../store/outbox';
import type { Kin } from '../../store/reachability';
import type { Database } from '../../store/schema';

/** By whatever channel: WhatsApp, or the SMS that stands in for it. */
const ANY = 'any';

type Entry = OutboxMessage & { insteadOfSenderId: number | null };

/**
 * A campaign writes to nobody twice: planned by number and by WhatsApp user id, two entries may turn out to be one person
 * before both are sent. Asked while these people are locked.
 */
export class OnceAPerson {
	private constructor(
		private readonly kin: Kin,
		private readonly given: Set<string>,
	) {}

	static async among(db: Database, messages: readonly Entry[], kin: Kin): Promise<OnceAPerson> {
		const once = new OnceAPerson(kin, new Set());
		const ofCampaigns = messages.filter(({ campaignId }) => campaignId !== null);
		if (ofCampaigns.length === 0) return once;
		const campaignIds = [...new Set(ofCampaigns.flatMap(({ campaignId }) => campaignId ?? []))];
		const identityIds = [...new Set(ofCampaigns.flatMap((message) => once.identityOf(message) ?? []))];
		// By number alone a person is planned once; only who is written to by user id may have been written to by number.
		const phones = ofCampaigns.filter(({ recipient }) => recipient === null).flatMap((each) => once.addressesOf(each));
		for (const each of await givenInCampaigns(db, campaignIds, { identityIds, phones: [...new Set(phones)] })) {
			const address = each.recipient ?? `#${each.identityId}`;
			for (const way of [each.channel, ANY]) once.given.add(`${each.campaignId} ${way} ${address}`);
		}
		return once;
	}

	/** @returns false where the person has this campaign's message already; otherwise they have it from now on. */
	give(message: Entry): boolean {
		if (message.campaignId === null) return true;
		const identityId = this.identityOf(message);
		const own = [
			...(message.recipient === null ? this.addressesOf(message) : []),
			...(identityId === null ? [] : [`#${identityId}`]),
		];
		const way = message.insteadOfSenderId === null ? message.channel : ANY;
		if (own.some((address) => this.given.has(`${message.campaignId} ${way} ${address}`))) return false;
		const addresses = [...own, ...(message.recipient === null ? [] : [message.recipient])];
		for (const each of [message.channel, ANY])
			for (const address of addresses) this.given.add(`${message.campaignId} ${each} ${address}`);
		return true;
	}

	private identityOf({ recipient, identityId }: Entry): number | null {
		return this.kin.identityOf(recipient) ?? identityId;
	}

	private addressesOf({ identityId }: Entry): string[] {
		return this.kin.addressesOf({ identityId, phone: null });
	}
}

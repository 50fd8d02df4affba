import type { Channel } from '../../domain/channel';
import { identityById } from '../../store/identities';
import type { Database } from '../../store/schema';
import { senderById } from '../../store/senders';
import type { Store } from '../../store/store';
import { applyConsentSignal, type SignalResult } from '../consent/engine';

/** A provider's report that a person does not want to hear from a sender (Meta 131050, Twilio 21610, websms blacklist). */
export async function applyProviderOptOut(
	store: Store,
	db: Database,
	report: {
		identityId: number;
		senderId: number;
		channel?: Channel;
		providerEventId: string;
		source: string;
		at: number | null;
		inbox?: string | null;
	},
): Promise<SignalResult | null> {
	const [identity, sender] = [await identityById(db, report.identityId), await senderById(db, report.senderId)];
	if (!identity || !sender || (identity.phone === null && identity.whatsAppUserId === null)) return null;
	return await applyConsentSignal(store, db, {
		provider: sender.provider,
		providerEventId: report.providerEventId,
		kind: 'providerStop',
		channel: report.channel ?? (sender.sendsWhatsApp ? 'whatsapp' : 'sms'),
		sender,
		person: identity,
		sentAt: report.at,
		inbox: report.inbox ?? null,
		evidence: { report: report.source },
	});
}

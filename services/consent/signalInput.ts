import type { Channel } from '../../domain/channel';
import type { CarriedRegistration, SignalKind } from '../../domain/consent/signal';
import type { RecordDetails } from '../../domain/ledger';
import type { EventTable } from '../../store/schema';
import type { Sender } from '../../store/senders';
import type { PersonNames } from './resolvePerson';

/** Something that bears on one person's consent, as it was received. */
export interface SignalInput {
	provider: EventTable['provider'];
	/** Unique at the provider: the same one twice changes nothing twice. */
	providerEventId: string;
	kind: SignalKind;
	channel: Channel;
	/** Null: not known to us. */
	sender: Sender | null;
	person: PersonNames;
	/** The form their number was told in, where it is not the one dialled; absent: nobody told one. */
	toldPhone?: string | null;
	/** UTC ms by the provider's clock; null: arrival. */
	sentAt: number | null;
	/** The trigger that hands the event to a workflow. */
	inbox: string | null;
	/** Of domain/keyword.ts. */
	shortcode?: string | null;
	invitationCode?: string | null;
	/** What is said instead where no group has the shortcode. */
	withoutGroup?: Pick<SignalInput, 'kind' | 'shortcode' | 'invitationCode' | 'looksLikeOptOut' | 'isDoubtful'>;
	looksLikeOptOut?: boolean;
	isDoubtful?: boolean;
	/** Whether it is a WhatsApp message of the person that opens the 24-hour window. */
	opensWindow?: boolean;
	text?: string | null;
	profileName?: string | null;
	/** Of a carried opt-out, and of a number taken. */
	scopes?: string[];
	/** Of a number taken. */
	carried?: CarriedRegistration[];
	/** Of a number left: where the person is now; of a number taken: where they were. E.164. */
	newPhone?: string;
	oldPhone?: string;
	/** Kept with the event for its workflow. */
	details?: Record<string, unknown>;
	/** Kept in the consent record: form version, source, address, … */
	evidence?: RecordDetails;
}

import type { Channel } from './channel';
import type { Permission } from './permission';

export type AudienceChannel = 'sms' | 'whatsapp' | 'both' | 'whatsappElseSms';

/** Who a campaign is for, as it is kept with the campaign. */
export interface Audience {
	groupIds: number[];
	excludedGroupIds: number[];
	/** E.164, as typed in and normalised; twice the same is left out as a duplicate. */
	numbers: string[];
}

/** One way to reach a person, and whether it may be used. */
export interface Option {
	channel: Channel;
	phone: string | null;
	/** Whether there is a number or, for WhatsApp, a user id. */
	hasAddress: boolean;
	permission: Permission;
}

export interface PersonOptions {
	whatsapp: Option;
	sms: Option;
}

/** The messages a person gets: those allowed go out, the others are kept with their reason. Never none, so that everybody is counted. */
export function chooseChannels(channels: AudienceChannel, { whatsapp, sms }: PersonOptions): Option[] {
	switch (channels) {
		case 'sms':
			return [sms];
		case 'whatsapp':
			return [whatsapp];
		case 'both': {
			const reachable = [whatsapp, sms].filter(({ hasAddress }) => hasAddress);
			return reachable.length > 0 ? reachable : [whatsapp];
		}
		case 'whatsappElseSms':
			if (whatsapp.permission === 'allowed') return [whatsapp];
			// Someone registered whose window has closed is a WhatsApp person: "else SMS" is for those not registered.
			if (whatsapp.permission === 'outside the 24-hour window') return [whatsapp];
			// So is someone registered whom trial mode leaves out: an SMS instead would be a message nobody planned.
			if (whatsapp.permission === 'trial mode') return [whatsapp];
			// Whether the person left WhatsApp by their own word is part of the SMS's permission: nobody is talked on to after the goodbye.
			return [!sms.hasAddress && whatsapp.hasAddress ? whatsapp : sms];
	}
}

import type { Kysely } from 'kysely';

/** The tables as migration 0006 finds them, as far as it touches them. */
export interface Tables {
	identity: {
		id: number;
		phone: string | null;
		told_phone: string | null;
		merged_into_id: number | null;
	};
	consent_word: {
		identity_id: number;
		scope: string;
		direction: 'in' | 'out';
		effective_at: number;
		source: string;
		event_id: number | null;
	};
	registration: {
		sender_id: number;
		identity_id: number;
		state: string;
		since: number;
		ended_by: string | null;
		last_inbound_at: number | null;
		inbox: string | null;
	};
	event: { id: number; identity_id: number | null };
	invitation: { id: number; identity_id: number; answered_by: number | null };
	message: {
		id: number;
		campaign_id: number | null;
		channel: string;
		recipient: string | null;
		identity_id: number | null;
		contact_id: number | null;
		state: string;
		reason: string | null;
	};
	contact: {
		id: number;
		name: string | null;
		sms_number: string | null;
		whatsapp_number: string | null;
		fields: string;
		language: string | null;
		sms_consent_source: string | null;
		sms_consent_at: number | null;
	};
	membership: { group_id: number; contact_id: number; source: string; created_at: number };
}

export type Db = Kysely<Tables>;

/** Country codes in which a line has two forms: all other numbers are passed over by the database. */
export const DOUBLE_FORM_CODES = ['+55', '+521', '+54', '+229', '+225'];
export const ROWS_A_PAGE = 2_000;

import type { Store } from '../store/store';

/** Number i of a row of mobile numbers that nobody has, E.164. */
export const phoneOf = (index: number): string => `+39340${String(1_000_000 + index)}`;

export interface People {
	count: number;
	/** Index of the first one's number; 0 by default. */
	first?: number;
	/** Whom they have written to, E.164. */
	senderPhone: string;
	/** Of the group that they are in. */
	shortcode: string;
}

/**
 * Puts people into the group as if each had written START a moment ago, straight into the tables:
 * thousands of webhooks would take minutes and are not what is measured or tested with them.
 */
export async function registerMany(store: Store, { count, first = 0, senderPhone, shortcode }: People): Promise<void> {
	const now = store.now();
	await store.transaction(async (db) => {
		const sender = await db
			.selectFrom('sender')
			.select('id')
			.where('phone', '=', senderPhone)
			.executeTakeFirstOrThrow();
		const group = await db
			.selectFrom('contact_group')
			.select('id')
			.where('shortcode', '=', shortcode)
			.executeTakeFirstOrThrow();
		for (let from = 0; from < count; from += 500) {
			const phones = Array.from({ length: Math.min(500, count - from) }, (_, index) => phoneOf(first + from + index));
			const identities = await db
				.insertInto('identity')
				.values(phones.map((phone) => ({ phone, whatsapp_user_id: null, created_at: now })))
				.returning('id')
				.execute();
			await db
				.insertInto('registration')
				.values(
					identities.map(({ id }) => ({
						sender_id: sender.id,
						identity_id: id,
						state: 'active' as const,
						since: now,
						ended_by: null,
						last_inbound_at: now,
						inbox: null,
					})),
				)
				.execute();
			const contacts = await db
				.insertInto('contact')
				.values(
					phones.map((phone) => ({
						name: null,
						sms_number: null,
						whatsapp_number: phone,
						fields: '{}',
						language: null,
						sms_consent_source: null,
						sms_consent_at: null,
						created_at: now,
						updated_at: now,
					})),
				)
				.returning('id')
				.execute();
			await db
				.insertInto('membership')
				.values(
					contacts.map(({ id }) => ({
						group_id: group.id,
						contact_id: id,
						source: 'operator' as const,
						created_at: now,
					})),
				)
				.execute();
		}
	});
}

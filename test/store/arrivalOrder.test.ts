import fc from 'fast-check';

import { createOrUpdateGroup } from '../../services/groups';
import { createOrUpdateSender } from '../../services/senders';
import { verifyConsent } from '../../services/consentRecords';
import type { IncomingEvent } from '../../providers/provider';
import { openStore, type Store } from '../../store/store';
import { deliver, message, preference, seen, SENDER_PHONE } from '../support/inbound';
import { newSqlite, TestClock } from '../support/stores';

const HOUR_MS = 60 * 60_000;
const OTHER_SENDER = '+390299999999';
const START_AT = Date.UTC(2026, 0, 1);

interface Said {
	text: string;
	hour: number;
	channel: 'whatsapp' | 'sms';
	senderPhone: string;
}

const said: fc.Arbitrary<Said> = fc.record({
	text: fc.constantFrom('START', 'START NEWS', 'START SPORT', 'STOP', 'STOP NEWS', 'hello', 'HELP', 'provider stop', 'provider resume'),
	hour: fc.integer({ min: 0, max: 9 }).map((step) => step * 8),
	channel: fc.constantFrom('whatsapp' as const, 'whatsapp' as const, 'sms' as const),
	senderPhone: fc.constantFrom(SENDER_PHONE, OTHER_SENDER),
});

const histories = fc.array(said, { minLength: 1, maxLength: 9 }).chain((history) => {
	const numbered = history.map((each, index) => ({ ...each, id: `event ${index}` }));
	return fc.tuple(fc.constant(numbered), fc.shuffledSubarray([...numbered, ...numbered], { minLength: numbered.length * 2 }));
});

function eventFor({ text, hour, channel, senderPhone, id }: Said & { id: string }, phone: string): IncomingEvent {
	const told = { id: `${phone} ${id}`, phone, channel, senderPhone, at: START_AT + hour * HOUR_MS };
	return text.startsWith('provider') ? preference(text === 'provider stop' ? 'stop' : 'resume', told) : message(text, told);
}

/** What a person may be sent, and why: everything the rules speak of. */
async function consentOf(store: Store, phone: string) {
	const { registrations, words, groups, contacts } = await seen(store, phone);
	const rows = await store.db
		.selectFrom('registration')
		.innerJoin('identity', 'identity.id', 'identity_id')
		.select(['sender_id', 'state', 'since', 'ended_by', 'last_inbound_at'])
		.where('phone', '=', phone)
		.orderBy('sender_id')
		.execute();
	const said = await store.db
		.selectFrom('consent_word')
		.innerJoin('identity', 'identity.id', 'identity_id')
		.select(['scope', 'direction', 'effective_at', 'source'])
		.where('phone', '=', phone)
		.orderBy('scope')
		.execute();
	// A consent given before a STOP by SMS permits nothing: only a START by SMS lifts that, and is a consent of its own.
	const hasLeftSms = said.some(({ scope, direction }) => scope === 'sms' && direction === 'out');
	const hasSmsConsent = !hasLeftSms && contacts.some((contact) => contact.sms_consent_at !== null);
	return { registrations, words, groups, rows, said, hasSmsConsent };
}

describe('Any order of arrival', () => {
	const { settings, remove } = newSqlite();
	afterAll(remove);

	it('with duplicates ends in the consent that the sorted history gives, in the store as in the rules', async () => {
		const clock = new TestClock(START_AT + 1_000 * HOUR_MS);
		const store = await openStore(settings, { create: true, now: clock.now });
		for (const phone of [SENDER_PHONE, OTHER_SENDER]) await createOrUpdateSender(store, { phone, provider: 'meta', sendsWhatsApp: true, sendsSms: true });
		for (const shortcode of ['news', 'sport']) await createOrUpdateGroup(store, { shortcode });
		let people = 0;
		await fc.assert(
			fc.asyncProperty(histories, async ([history, arrived]) => {
				const [inOrder, shuffled] = [`+39333${String(people++).padStart(7, '0')}`, `+39333${String(people++).padStart(7, '0')}`];
				for (const each of [...history].sort((one, other) => one.hour - other.hour)) await deliver(store, eventFor(each, inOrder));
				for (const each of arrived) await deliver(store, eventFor(each, shuffled));
				expect(await consentOf(store, shuffled)).toEqual(await consentOf(store, inOrder));
			}),
			{ numRuns: 60 },
		);
		expect(await verifyConsent(store)).toMatchObject({ valid: true });
		await store.close();
	}, 120_000);
});

import { receive } from '../../../services/receiving/receive';
import { deliver, INBOX, message, readingOf, seen } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Meta tells when something was written; of websms and of what the company does our clock tells when it came. */
describeStores('A STOP after a START by another clock', (context) => {
	const bySms = async (text: string) =>
		await receive(
			context().store,
			'websms',
			readingOf([message(text, { channel: 'sms', senderPhone: '+393200000001' })]),
			{ inbox: INBOX, storeStatuses: false },
		);
	/** @param behindMs by how much Meta's clock is behind ours */
	const byWhatsApp = async (text: string, behindMs: number) => {
		const at = Math.floor((context().clock.now() - behindMs) / SECOND_MS) * SECOND_MS;
		await deliver(context().store, message(text, { at }));
	};

	it.each([
		[500, 'out'],
		[SECOND_MS, 'out'],
		[30 * SECOND_MS, 'out'],
		[100 * SECOND_MS, 'out'],
		// Said long before, and told late: the START is the newer word.
		[5 * MINUTE_MS, 'in'],
	])('holds where the clock that timed it is %d ms behind: the newest word is %s', async (behindMs, direction) => {
		const { store, clock } = context();
		clock.advance(10 * MINUTE_MS);
		await bySms('START');
		clock.advance(200);
		await byWhatsApp('STOP', behindMs);
		expect((await seen(store)).words).toMatchObject({ all: direction });
		// Whatever is told later, and puts the history in order again, leaves that as it is.
		await byWhatsApp('Hello', 8 * MINUTE_MS);
		expect((await seen(store)).words).toMatchObject({ all: direction });
	});

	it('is overtaken by a START of the same clock, however close', async () => {
		const { store, clock } = context();
		clock.advance(10 * MINUTE_MS);
		await byWhatsApp('START', 0);
		await byWhatsApp('STOP', 2 * SECOND_MS);
		expect((await seen(store)).words).toMatchObject({ all: 'in' });
	});

	it('is overtaken by a START after it', async () => {
		const { store, clock } = context();
		clock.advance(10 * MINUTE_MS);
		await bySms('START');
		await byWhatsApp('STOP', SECOND_MS);
		clock.advance(SECOND_MS);
		await bySms('START');
		expect((await seen(store)).words).toMatchObject({ all: 'in' });
	});
});

import fc from 'fast-check';
import { internationalToE164 } from '../../providers/address';
import { safeDetail } from '../../providers/errorText';
import { retryAfterMs } from '../../providers/exchange';
import { fingerprint } from '../../providers/fingerprint';
import { readNotification } from '../../providers/whatsapp/notification';
import { queryOf } from '../../providers/query';

test.each([
	['4366012345678', '+4366012345678'],
	['+43 660 1234-5678', '+4366012345678'],
	['004366012345678', '+4366012345678'],
	['066012345678', null],
	['82820', null],
	['MyShop', null],
	['', null],
])('an address %j is the number %j', (address, phone) => {
	expect(internationalToE164(address)).toBe(phone);
});

test('what becomes a number is E.164', () => {
	fc.assert(
		fc.property(fc.string({ unit: fc.constantFrom(...'+0123456789 -().x') }), (address) => {
			expect(internationalToE164(address) ?? '+43660123456').toMatch(/^\+[1-9]\d{6,14}$/);
		}),
	);
});

test('a provider’s words are kept without their phone numbers and tokens', () => {
	expect(safeDetail("The 'To' number +43 660 12345678 is not valid")).toBe("The 'To' number …678 is not valid");
	expect(safeDetail('Malformed access token EAAJZBx1abcdefghijklmnopqrstuvwxyz0123')).toBe('Malformed access token …');
	expect(safeDetail('(#131030) Recipient phone number not in allowed list')).toBe(
		'(#131030) Recipient phone number not in allowed list',
	);
});

test('no phone number survives in what a provider said', () => {
	fc.assert(
		fc.property(fc.string(), fc.stringMatching(/^[1-9]\d{7,14}$/), fc.string(), (before, phone, after) => {
			expect(safeDetail(`${before} ${phone} ${after}`)).not.toContain(phone);
		}),
	);
});

test.each([
	[{ 'retry-after': '7' }, 7000],
	[{ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT', date: 'Sun, 22 Nov 2026 10:00:00 GMT' }, 30_000],
	[{ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT', date: 'Sun, 22 Nov 2026 10:00:00 GMT' }, 0],
	[{ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' }, undefined],
	[{ 'retry-after': 'soon' }, undefined],
	[{}, undefined],
])('the headers %j ask to wait %j ms', (headers: Record<string, string>, wait) => {
	expect(retryAfterMs(headers)).toBe(wait);
});

test('the query of any URL can be read', () => {
	fc.assert(
		fc.property(fc.string(), (url) => {
			expect(queryOf(`${url.replaceAll('?', '')}?key=a%20b`).get('key')).toBe('a b');
			queryOf(url);
		}),
	);
});

/** A value in so many lists. */
function nested(levels: number, value: unknown): unknown {
	let all = value;
	for (let level = 0; level < levels; level++) all = [all];
	return all;
}

test('content of any depth has an id of its own, the same each time', () => {
	const ids = [nested(20_000, 1), nested(20_000, 2), nested(19_999, 1), { a: nested(20_000, 1) }].map(fingerprint);
	expect(new Set(ids).size).toBe(4);
	expect(fingerprint(nested(20_000, 1))).toBe(ids[0]);
});

test('what a message holds is brought to what both databases can keep', () => {
	const told = {
		id: 'wamid.1',
		from: '393331234567',
		timestamp: '1',
		type: 'location',
		location: { name: 'a\0b\ud800c😀', 'k\0': 1 },
	};
	const [event] =
		readNotification({ entry: [{ id: '1', changes: [{ field: 'messages', value: { messages: [told] } }] }] }) ?? [];
	expect(event).toMatchObject({ content: { location: { name: 'a\ufffdb\ufffdc😀', 'k\ufffd': 1 } } });
});

test('an element nested 20,000 levels deep loses no STOP beside it', () => {
	const stop = { from: '393331234567', id: 'wamid.1', timestamp: '1749416383', type: 'text', text: { body: 'STOP' } };
	const deep = nested(20_000, 'x');
	const value = { messages: [deep, { ...stop, id: 'wamid.2', type: 'order', order: { text: 'x', deep } }, stop] };
	const events = readNotification({
		entry: [
			{
				id: '1',
				changes: [
					{ field: 'messages', value },
					{ field: 'x', value: deep },
				],
			},
		],
	});
	const read = [...(events ?? [])];
	expect(read.map(({ kind }) => kind)).toEqual(['unknown', 'message', 'message', 'unknown']);
	expect(read[2]).toMatchObject({ text: 'STOP' });
});

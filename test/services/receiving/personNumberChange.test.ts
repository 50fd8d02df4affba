import { erasePerson } from '../../../services/rights/erase';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { claimEvents } from '../../../services/handOver/claimedEvents';
import { checkRegistrations, getUsage } from '../../../services/registrations/registrations';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { consentTables, deliver, INBOX, message, numberChange, PHONE, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const NEW = '+393339999999';
const THIRD = '+393338888888';
const USER_ID = 'IT.123';

describeStores('A person whose number changed', (context) => {
	const MINUTE_MS = 60_000;
	/** By the provider's clock, in minutes from the beginning; everything arrives an hour later. */
	let begin = 0;
	beforeEach(() => {
		begin = context().clock.now();
		context().clock.advance(60 * MINUTE_MS);
	});
	const at = (minute: number): number => begin + minute * MINUTE_MS;
	const say = async (
		text: string,
		minute: number,
		phone: string | null = PHONE,
		more: Parameters<typeof message>[1] = {},
	) => await deliver(context().store, message(text, { phone, at: at(minute), ...more }));
	const change = async (minute: number, from = PHONE, to = NEW, id = `change ${minute}`) =>
		await deliver(context().store, numberChange(to, { phone: from, at: at(minute), id }));
	const stateOf = async (phone: string) => {
		const { registrations, words } = await seen(context().store, phone);
		const out = Object.entries(words).filter(([, direction]) => direction === 'out');
		return [...registrations, ...out.map(([scope]) => scope)];
	};
	const verify = async () => expect(await verifyConsent(context().store)).toMatchObject({ valid: true, broken: [] });

	it('keeps the registration at the new number, with a record at both', async () => {
		const { store } = context();
		await say('START', 1);
		await change(2);
		expect(await stateOf(PHONE)).toEqual([]);
		expect(await stateOf(NEW)).toEqual(['active']);
		const records = (await consentTables(store)).records.map(
			({ details }) => JSON.parse(details ?? '{}') as Record<string, unknown>,
		);
		expect(records).toMatchObject([
			{ action: 'start', phone: PHONE },
			{ action: 'numberLeft', phone: PHONE, newPhone: NEW, source: 'provider' },
			{ action: 'numberTaken', phone: NEW, oldPhone: PHONE, source: 'provider', registrations: [{ state: 'active' }] },
		]);
		expect(await checkRegistrations(store, { sender: '', numbers: [PHONE, NEW] })).toMatchObject([
			{ registered: false },
			{ registered: true },
		]);
		await verify();
	});

	it('is opted out at both, by whatever they had said', async () => {
		await createOrUpdateGroup(context().store, { shortcode: 'news' });
		await say('START NEWS', 1);
		await say('STOP NEWS', 2);
		await change(3);
		expect(await stateOf(NEW)).toEqual(['active', expect.stringMatching(/^group:/)]);
		await say('STOP', 4, NEW);
		await change(5, NEW, THIRD);
		for (const phone of [NEW, THIRD]) expect(await stateOf(phone)).toContain('all');
		expect((await seen(context().store, THIRD)).registrations).not.toContain('active');
		await verify();
	});

	it('brings no registration to a number that said STOP, and the STOP of the old number ends what the new one had', async () => {
		await say('START', 1);
		await say('STOP', 1, NEW);
		await change(2);
		expect(await stateOf(NEW)).toEqual(['all']);
		await say('START', 3, THIRD);
		await change(4, NEW, THIRD);
		expect(await stateOf(THIRD)).toEqual(['ended', 'all']);
	});

	it('told twice, or in two requests at once, changes nothing twice', async () => {
		const { store } = context();
		await say('START', 1);
		await change(2);
		const before = await consentTables(store);
		await change(2);
		expect(await consentTables(store)).toEqual(before);
		await Promise.all([1, 2, 3].map(() => change(3, NEW, THIRD)));
		expect(await stateOf(THIRD)).toEqual(['active']);
		await verify();
	});

	it('and wrote before that: what comes late reaches them at the new number', async () => {
		await change(10);
		await say('START', 1);
		expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([[], ['active']]);
		await say('STOP', 2);
		expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([['all'], ['all']]);
		await verify();
	});

	it('a late STOP follows them over two changes, and takes back what is queued there', async () => {
		const { store } = context();
		await say('START', 1);
		await change(10);
		await change(20, NEW, THIRD);
		const person = await seen(store, THIRD);
		expect(person.registrations).toEqual(['active']);
		await store.db
			.insertInto('message')
			.values({
				...{
					campaign_id: null,
					group_id: 0,
					sender_id: person.registration?.sender_id ?? 0,
					identity_id: person.identity?.id,
					recipient: THIRD,
				},
				...{ channel: 'whatsapp', purpose: 'advertisement', state: 'queued', due_at: 1, created_at: 1, state_at: 1 },
			})
			.execute();
		await say('STOP', 5);
		expect(await stateOf(THIRD)).toEqual(['all']);
		expect(await store.db.selectFrom('message').select(['state', 'reason']).execute()).toEqual([
			{ state: 'skipped', reason: 'opted out' },
		]);
		await verify();
	});

	it('and back again to the first number, in any order of arrival', async () => {
		const told = [
			() => say('START', 1),
			() => change(10),
			() => change(20, NEW, PHONE),
			() => say('STOP NEWSS', 15, NEW),
		];
		for (const index of [3, 2, 0, 1]) await told[index]?.();
		expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([['all'], ['all']]);
	});

	it('leaves the old number to its next owner, who has said nothing but inherits the opt-outs', async () => {
		await say('START', 1);
		await change(2);
		await say('hello', 30);
		expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([['active'], ['active']]);
		await say('STOP', 31);
		expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([['ended', 'all'], ['active']]);
	});

	it('told late leaves what the next owner of the number said with that number', async () => {
		await say('START', 1);
		await say('START', 30);
		await change(20);
		expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([['active'], ['active']]);
	});

	it('gets nothing more at the old number: what is queued falls away, on every channel', async () => {
		const { store } = context();
		await say('START', 1);
		const { identity, registration } = await seen(store);
		for (const channel of ['whatsapp', 'sms'] as const) {
			await store.db
				.insertInto('message')
				.values({
					...{
						campaign_id: null,
						group_id: 0,
						sender_id: registration?.sender_id ?? 0,
						identity_id: identity?.id,
						recipient: PHONE,
					},
					...{ channel, purpose: 'service', state: 'queued', due_at: 1, created_at: 1, state_at: 1 },
				})
				.execute();
		}
		await change(2);
		expect(await store.db.selectFrom('message').select(['state', 'reason']).execute()).toEqual(
			Array(2).fill({ state: 'skipped', reason: 'number changed' }),
		);
	});

	it('is told to the workflow with the new number; the contact follows where it is certain', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await say('START NEWS', 1);
		await change(2);
		expect(await seen(store, NEW)).toMatchObject({
			registrations: ['active'],
			groups: ['news'],
			contacts: [{ whatsapp_number: NEW }],
		});
		const events = await claimEvents(store, { inbox: INBOX, owner: 'test', limit: 10, leaseMs: 1_000 });
		expect(events.at(-1)?.json).toMatchObject({
			event: 'message',
			outcome: 'numberChanged',
			phone: PHONE,
			newPhone: NEW,
			contactUpdated: true,
			messageType: 'system',
		});
		await createOrUpdateContact(store, { smsNumber: THIRD });
		await change(3, NEW, THIRD);
		expect((await seen(store, NEW)).contacts).toMatchObject([{ whatsapp_number: NEW }]);
		const [later] = await claimEvents(store, { inbox: INBOX, owner: 'test', limit: 10, leaseMs: 1_000 });
		expect(later?.json).toMatchObject({ outcome: 'numberChanged', newPhone: THIRD, contactUpdated: false });
	});

	it('gave a consent to SMS at the old number, which ends there and not what was given later', async () => {
		const { store } = context();
		await say('START', 1, PHONE, { channel: 'sms' });
		await say('START', 2);
		await change(3);
		expect((await seen(store, PHONE)).contacts).toMatchObject([
			{ sms_number: PHONE, whatsapp_number: NEW, sms_consent_at: null },
		]);
		await say('START', 4, PHONE, { channel: 'sms' });
		expect((await seen(store, PHONE)).contacts).toMatchObject([{ sms_consent_at: at(4) }]);
		await verify();
	});

	it('keeps the place under a package limit, and the turn on the waiting list', async () => {
		const { store } = context();
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			packageLimit: 1,
		});
		await say('START', 1);
		await say('START', 2, THIRD);
		await say('START', 3, '+393337777777');
		await change(10);
		await change(11, THIRD, '+393336666666');
		expect([await stateOf(PHONE), await stateOf(NEW), await stateOf('+393336666666')]).toEqual([
			[],
			['active'],
			['waiting'],
		]);
		await say('STOP', 12, NEW);
		expect([await stateOf('+393336666666'), await stateOf('+393337777777')]).toEqual([['active'], ['waiting']]);
		expect(await getUsage(store, { sender: '' })).toMatchObject({ active: 1, waiting: 1 });
	});

	it('known by user id, too, takes it along', async () => {
		const { store } = context();
		await say('START', 1, PHONE, { whatsAppUserId: USER_ID });
		await change(2);
		await say('STOP', 3, null, { whatsAppUserId: USER_ID });
		expect(await seen(store, NEW)).toMatchObject({ registrations: ['ended'], identity: { whatsapp_user_id: USER_ID } });
		await verify();
	});

	it('told after they wrote from it with their user id is settled already', async () => {
		const { store } = context();
		await say('START', 1, PHONE, { whatsAppUserId: USER_ID });
		await say('hello', 3, NEW, { whatsAppUserId: USER_ID });
		await change(2);
		expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([[], ['active']]);
		expect((await seen(store, NEW)).identity).toMatchObject({ whatsapp_user_id: USER_ID });
		await verify();
	});

	it('known by user id only gets the number', async () => {
		const { store } = context();
		await say('START', 1, null, { whatsAppUserId: USER_ID });
		await deliver(store, numberChange(NEW, { phone: null, whatsAppUserId: USER_ID, at: at(2) }));
		expect(await seen(store, NEW)).toMatchObject({
			registrations: ['active'],
			identity: { whatsapp_user_id: USER_ID },
		});
	});

	describe('and another user id', () => {
		const NEW_ID = 'IT.NewId42';
		const newId = async (
			minute: number,
			from: { phone: string | null; whatsAppUserId: string | null },
			to: string | null = null,
		) => await deliver(context().store, numberChange(to, { ...from, at: at(minute), id: `id ${minute}` }, NEW_ID));
		const byId = async (whatsAppUserId: string) => {
			const { db } = context().store;
			const identity = await db
				.selectFrom('identity')
				.selectAll()
				.where('whatsapp_user_id', '=', whatsAppUserId)
				.executeTakeFirst();
			const states = await db
				.selectFrom('registration')
				.select('state')
				.where('identity_id', '=', identity?.id ?? 0)
				.execute();
			const out = await db
				.selectFrom('consent_word')
				.select('scope')
				.where('identity_id', '=', identity?.id ?? 0)
				.where('direction', '=', 'out')
				.execute();
			return { phone: identity?.phone, states: states.map(({ state }) => state), out: out.map(({ scope }) => scope) };
		};

		it.each<[string, string | null, { phone: string | null; whatsAppUserId: string | null }]>([
			['with the number and the old id', PHONE, { phone: PHONE, whatsAppUserId: USER_ID }],
			['with the number only', PHONE, { phone: PHONE, whatsAppUserId: null }],
			['with the old id only', PHONE, { phone: null, whatsAppUserId: USER_ID }],
			['with the old id, of somebody without a number', null, { phone: null, whatsAppUserId: USER_ID }],
		])('told %s: a STOP under the new id ends what the old one had', async (_how, phone, from) => {
			await say('START', 1, phone, { whatsAppUserId: USER_ID });
			await newId(2, from);
			await newId(2, from);
			expect(await byId(NEW_ID)).toMatchObject({ phone, states: ['active'], out: [] });
			await say('STOP', 3, null, { whatsAppUserId: NEW_ID });
			expect(await byId(NEW_ID)).toMatchObject({ phone, states: ['ended'], out: ['all'] });
			await verify();
		});

		it.each([
			['the number was known before', PHONE, null],
			['the number is known since', null, PHONE],
		])('told after they wrote under it, where %s: a STOP said under the old id holds', async (_how, before, since) => {
			await say('START', 1, before, { whatsAppUserId: USER_ID });
			await say('STOP', 2, before, { whatsAppUserId: USER_ID });
			await say('what is this', 4, since, { whatsAppUserId: NEW_ID });
			await newId(3, { phone: null, whatsAppUserId: USER_ID });
			expect((await byId(NEW_ID)).out).toEqual(['all']);
			expect(await byId(NEW_ID)).toMatchObject({ phone: PHONE });
			expect(await byId(USER_ID)).toMatchObject({ phone: undefined });
			await verify();
		});

		it('and number at once: the registration goes along, and a STOP under the new id holds', async () => {
			await say('START', 1, PHONE, { whatsAppUserId: USER_ID });
			await newId(2, { phone: null, whatsAppUserId: USER_ID }, NEW);
			expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([[], ['active']]);
			await say('STOP', 3, null, { whatsAppUserId: NEW_ID });
			expect(await byId(NEW_ID)).toMatchObject({ phone: NEW, states: ['ended'], out: ['all'] });
			await verify();
		});

		const hear = async (minute: number, text: string, whatsAppUserId: string, phone: string | null = null) =>
			await say(text, minute, phone, { whatsAppUserId });

		it.each([
			['with a number', PHONE],
			['without a number', null],
		])('of somebody %s, told late again, takes nothing back from a newer one', async (_who, phone) => {
			await say('START', 1, phone, { whatsAppUserId: USER_ID });
			await newId(2, { phone, whatsAppUserId: USER_ID });
			await deliver(
				context().store,
				numberChange(null, { phone, whatsAppUserId: NEW_ID, at: at(5), id: 'newest' }, 'IT.Newest7'),
			);
			await newId(2, { phone, whatsAppUserId: USER_ID });
			await deliver(
				context().store,
				numberChange(null, { phone, whatsAppUserId: USER_ID, at: at(2), id: 'another id, the same news' }, NEW_ID),
			);
			await hear(6, 'STOP', 'IT.Newest7');
			expect(await byId('IT.Newest7')).toMatchObject({ states: ['ended'], out: ['all'] });
			expect(await byId(NEW_ID)).toMatchObject({ states: [], out: [] });
			await verify();
		});

		it.each([
			['with a number', PHONE],
			['without a number', null],
		])('of somebody %s: a STOP that comes late under the old id is theirs', async (_who, phone) => {
			await say('START', 1, phone, { whatsAppUserId: USER_ID });
			await newId(10, { phone, whatsAppUserId: USER_ID });
			await hear(5, 'STOP', USER_ID);
			expect(await byId(NEW_ID)).toMatchObject({ phone, states: ['ended'], out: ['all'] });
			await hear(11, 'START', USER_ID);
			expect(await byId(NEW_ID)).toMatchObject({ phone, states: ['active'], out: [] });
			expect(await byId(USER_ID)).toMatchObject({ states: [] });
			await verify();
		});

		it('of two that were both known without a number: what either said holds', async () => {
			await hear(1, 'START', USER_ID);
			await hear(2, 'STOP', USER_ID);
			await hear(4, 'what is this', NEW_ID);
			await newId(3, { phone: null, whatsAppUserId: USER_ID });
			expect((await byId(NEW_ID)).out).toEqual(['all']);
			expect((await byId(USER_ID)).states).toEqual([]);
			await verify();
		});

		it('and a number, of two that were both known without one: all of it is the numbers own', async () => {
			await hear(1, 'STOP', USER_ID);
			await hear(4, 'START', NEW_ID);
			await newId(3, { phone: null, whatsAppUserId: USER_ID }, NEW);
			expect(await byId(NEW_ID)).toMatchObject({ phone: NEW, states: ['active'], out: [] });
			await hear(2, 'STOP', USER_ID);
			await hear(5, 'STOP', USER_ID);
			expect(await byId(NEW_ID)).toMatchObject({ phone: NEW, states: ['ended'], out: ['all'] });
			await verify();
		});

		it('and another number: who wrote START under the new id before the notice is registered at the new number only', async () => {
			await say('hello there', 1, PHONE, { whatsAppUserId: USER_ID });
			await say('STOP', 2, PHONE, { whatsAppUserId: USER_ID });
			await hear(4, 'START', NEW_ID);
			await newId(3, { phone: PHONE, whatsAppUserId: USER_ID }, NEW);
			expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([['all'], ['active']]);
			await hear(5, 'STOP', NEW_ID);
			expect(await stateOf(NEW)).toEqual(['ended', 'all']);
			await verify();
		});

		it('and another number, told by what they wrote from there under the new id', async () => {
			await say('START', 1, PHONE, { whatsAppUserId: USER_ID });
			await say('hello', 4, NEW, { whatsAppUserId: NEW_ID });
			await newId(3, { phone: null, whatsAppUserId: USER_ID });
			expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([[], ['active']]);
			await say('STOP', 5, NEW, { whatsAppUserId: NEW_ID });
			await say('STOP', 2, PHONE, { whatsAppUserId: USER_ID });
			expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([['all'], ['all']]);
			await verify();
		});

		it('is erased with all ids they had', async () => {
			const { store } = context();
			await say('START', 1, null, { whatsAppUserId: USER_ID });
			await newId(2, { phone: null, whatsAppUserId: USER_ID });
			await erasePerson(store, { number: USER_ID });
			expect(await store.db.selectFrom('former_user_id').selectAll().execute()).toEqual([]);
			context().clock.advance(60 * MINUTE_MS);
			await hear(70, 'hello', USER_ID);
			await hear(71, 'hello', NEW_ID);
			for (const id of [USER_ID, NEW_ID]) expect((await byId(id)).out).toContain('all');
		});
	});

	describe('and what comes late from the number that was left', () => {
		const hear = async (minute: number, text: string, phone = PHONE) =>
			await say(text, minute, phone, { whatsAppUserId: USER_ID });

		it.each(['notice', 'message'] as const)('moves nobody back, told by a %s: START', async (by) => {
			await hear(1, 'hello');
			if (by === 'notice') await change(10);
			await hear(11, 'hello', NEW);
			await hear(5, 'START');
			expect([await stateOf(PHONE), await stateOf(NEW)]).toEqual([[], ['active']]);
			expect((await seen(context().store, NEW)).identity).toMatchObject({ whatsapp_user_id: USER_ID });
			await verify();
		});

		it.each(['notice', 'message'] as const)('moves nobody back, told by a %s: STOP holds at both', async (by) => {
			await hear(1, 'START');
			if (by === 'notice') await change(10);
			await hear(11, 'hello', NEW);
			await hear(5, 'STOP');
			expect(await stateOf(PHONE)).toEqual(['all']);
			expect(await stateOf(NEW)).toContain('all');
			expect(await stateOf(NEW)).not.toContain('active');
			await verify();
		});
	});
});

import { ConflictError, InvalidInputError, NotFoundError } from '../../../domain/errors';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { applyProviderOptOut } from '../../../services/sending/providerOptOut';
import {
	applyMessage,
	checkRegistrations,
	getRegistration,
	getUsage,
	listRegistrations,
	registerByHand,
	revokeRegistration,
} from '../../../services/registrations/registrations';
import { createOrUpdateSender, listSenders, resolveSender } from '../../../services/senders/senders';
import { consentTables, deliver, message, PHONE, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const HOUR_MS = 60 * 60_000;

describeStores('Registrations', (context) => {
	const makeSender = (more: Partial<Parameters<typeof createOrUpdateSender>[1]> = {}) =>
		createOrUpdateSender(context().store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			providerSenderId: '1066',
			sendsWhatsApp: true,
			sendsSms: false,
			...more,
		});

	it('say of each number whether WhatsApp may be sent to it, and until when free text', async () => {
		const { store, clock } = context();
		await makeSender();
		await deliver(store, message('START'));
		clock.advance(HOUR_MS);
		await deliver(store, message('STOP', { phone: '+393330000001' }));
		const checked = await checkRegistrations(store, {
			sender: '',
			numbers: ['333 1234567', PHONE, '+393330000001', '+393330000002', 'abc'],
		});
		expect(checked).toMatchObject([
			{
				number: '333 1234567',
				phone: PHONE,
				registered: true,
				windowOpenUntil: new Date(clock.now() + 23 * HOUR_MS).toISOString(),
				reason: null,
			},
			{ phone: PHONE, registered: true },
			{ registered: false, reason: 'opted out' },
			{ registered: false, reason: 'not registered' },
			{ phone: null, registered: false, reason: 'no number', error: expect.stringContaining('phone number') as string },
		]);
		clock.advance(23 * HOUR_MS);
		expect(await getRegistration(store, { sender: '', number: PHONE })).toMatchObject({
			state: 'active',
			windowOpenUntil: null,
		});
	});

	it('by hand need a source, and are refused against the own word of the person', async () => {
		const { store, clock } = context();
		await makeSender();
		await expect(registerByHand(store, { sender: '', number: PHONE, source: ' ' })).rejects.toThrow(InvalidInputError);
		expect(await registerByHand(store, { sender: '', number: '333 1234567', source: 'signed form' })).toMatchObject({
			state: 'active',
			phone: PHONE,
			windowOpenUntil: null,
		});
		clock.advance(1_000);
		await deliver(store, message('STOP'));
		clock.advance(100 * HOUR_MS);
		await expect(registerByHand(store, { sender: '', number: PHONE, source: 'signed form' })).rejects.toThrow(
			ConflictError,
		);
		expect((await seen(store)).registrations).toEqual(['ended']);
	});

	it('opened by hand know the window of a message that came before', async () => {
		const { store, clock } = context();
		await makeSender({ policy: 'keywordOnly' });
		const wroteAt = clock.now();
		await deliver(store, message('hello'));
		clock.advance(HOUR_MS);
		await registerByHand(store, { sender: '', number: PHONE, source: 'telephone' });
		expect((await seen(store)).registration?.last_inbound_at).toBe(wroteAt);
	});

	it('revoked by the operator end without being an opt-out', async () => {
		const { store, clock } = context();
		await makeSender();
		await deliver(store, message('START'));
		clock.advance(1_000);
		expect(await revokeRegistration(store, { sender: '', number: PHONE })).toMatchObject({
			revoked: true,
			state: 'ended',
			endedBy: 'operator',
		});
		expect((await seen(store)).words).toEqual({ all: 'in' });
		clock.advance(1_000);
		await deliver(store, message('hello'));
		expect((await seen(store)).registrations).toEqual(['active']);
		await expect(revokeRegistration(store, { sender: '', number: '+393330000009' })).rejects.toThrow(NotFoundError);
	});

	it('follow messages that were received by other means, each once', async () => {
		const { store } = context();
		await makeSender();
		const applied = { sender: '', from: '333 1234567', text: 'START', messageId: 'abc' };
		expect(await applyMessage(store, applied)).toMatchObject({
			repeated: false,
			outcome: 'registered',
			registration: 'active',
			phone: PHONE,
		});
		const before = await consentTables(store);
		expect(await applyMessage(store, applied)).toMatchObject({ repeated: true, outcome: 'registered' });
		expect(await consentTables(store)).toEqual(before);
		context().clock.advance(1);
		expect(await applyMessage(store, { ...applied, text: 'STOP', messageId: 'def' })).toMatchObject({
			outcome: 'optedOut',
			registration: 'ended',
		});
		expect(await applyMessage(store, { ...applied, from: 'IT.99', messageId: 'ghi' })).toMatchObject({
			whatsAppUserId: 'IT.99',
			phone: null,
		});
		await expect(applyMessage(store, { ...applied, messageId: ' ' })).rejects.toThrow(InvalidInputError);
		await expect(applyMessage(store, { ...applied, from: 'nobody', messageId: 'x' })).rejects.toThrow(
			InvalidInputError,
		);
	});

	it('are listed page by page, by state, sender, group, time and search', async () => {
		const { store, clock } = context();
		await makeSender();
		for (let index = 0; index < 4; index++) {
			clock.advance(1_000);
			await deliver(store, message('START', { phone: `+39333000000${index}`, profileName: `Person ${index}` }));
		}
		const middle = clock.now();
		clock.advance(1_000);
		await deliver(store, message('STOP', { phone: '+393330000001' }));
		const first = await listRegistrations(store, { limit: 3 });
		const rest = await listRegistrations(store, { limit: 3, after: first.at(-1) });
		expect([...first, ...rest].map(({ contactName }) => contactName)).toEqual([
			'Person 0',
			'Person 1',
			'Person 2',
			'Person 3',
		]);
		expect(await listRegistrations(store, { state: 'ended' })).toHaveLength(1);
		expect(await listRegistrations(store, { since: middle })).toHaveLength(2);
		expect(await listRegistrations(store, { search: 'person 2', sender: SENDER_PHONE })).toHaveLength(1);
		expect(await getUsage(store, { sender: '' })).toEqual({
			senderId: 1,
			senderPhone: SENDER_PHONE,
			active: 3,
			waiting: 0,
			invited: 0,
			ended: 1,
			packageLimit: null,
			free: null,
			usedPercent: null,
		});
	});

	it("stay at a provider's report that the person wants no marketing, which is told to the workflow once", async () => {
		const { store, clock } = context();
		await makeSender();
		await deliver(store, message('START'));
		clock.advance(1_000);
		const identityId = (await seen(store)).identity?.id ?? 0;
		const report = { identityId, senderId: 1, providerEventId: 'message:1:131050', source: '131050', at: clock.now() };
		const results = [
			await store.transaction((db) => applyProviderOptOut(store, db, report)),
			await store.transaction((db) => applyProviderOptOut(store, db, report)),
		];
		expect(results).toMatchObject([
			{ outcome: 'marketingOff', isDuplicate: false, isOptOut: true },
			{ isDuplicate: true },
		]);
		expect(await seen(store)).toMatchObject({
			registrations: ['active'],
			words: { 'marketing:1': 'out' },
		});
		expect(
			await store.transaction((db) =>
				applyProviderOptOut(store, db, { ...report, identityId: 999, providerEventId: 'x' }),
			),
		).toBeNull();
	});

	it('belong to senders that are found by id, number, or being the only one', async () => {
		const { store } = context();
		const one = await makeSender({ name: 'Main' });
		expect(one).toMatchObject({
			created: true,
			policy: 'anyMessage',
			stopScope: 'allSenders',
			ratePerSecond: 80,
			country: 'IT',
			language: 'it',
		});
		expect(await makeSender({ policy: 'keywordOnly', ratePerSecond: 20 })).toMatchObject({
			created: false,
			name: 'Main',
			policy: 'keywordOnly',
			ratePerSecond: 20,
		});
		for (const ref of ['', '1', SENDER_PHONE, '+39 02 12345678'])
			expect((await store.read((db) => resolveSender(db, ref, 'whatsapp'))).id).toBe(one.id);
		await expect(store.read((db) => resolveSender(db, '1', 'sms'))).rejects.toThrow(InvalidInputError);
		await expect(store.read((db) => resolveSender(db, '77', null))).rejects.toThrow(NotFoundError);
		await createOrUpdateSender(store, {
			phone: '+43 664 1234567',
			provider: 'websms',
			sendsWhatsApp: true,
			sendsSms: true,
		});
		await expect(store.read((db) => resolveSender(db, '', 'whatsapp'))).rejects.toThrow(/several senders/);
		expect((await store.read((db) => resolveSender(db, '', 'sms'))).ratePerSecond).toBe(10);
		expect((await listSenders(store, { search: 'mai' })).map(({ id }) => id)).toEqual([one.id]);
		await expect(makeSender({ ratePerSecond: 0 })).rejects.toThrow(InvalidInputError);
		await expect(
			createOrUpdateSender(store, {
				phone: '+39 06 12345678',
				provider: 'meta',
				providerSenderId: '1066',
				sendsWhatsApp: true,
				sendsSms: false,
			}),
		).rejects.toThrow(ConflictError);
	});
});

describeStores('The consent ledger', (context) => {
	const history = async () => {
		const { store, clock } = context();
		for (const text of ['START', 'STOP', 'START']) {
			clock.advance(1_000);
			await deliver(store, message(text));
		}
		await deliver(store, message('START', { phone: '+393330000001' }));
	};

	it('holds every step, with what was said and by whom, and verifies', async () => {
		const { store } = context();
		await history();
		expect(await verifyConsent(store)).toMatchObject({ valid: true, records: 4, broken: [] });
		expect(await verifyConsent(store, { number: PHONE })).toMatchObject({ valid: true, records: 3 });
		const { records } = await consentTables(store);
		expect(JSON.parse(records[1]?.details ?? '')).toMatchObject({
			action: 'stop',
			outcome: 'optedOut',
			phone: PHONE,
			sender: SENDER_PHONE,
			channel: 'whatsapp',
			source: 'person',
			evidence: { provider: 'meta', text: 'STOP' },
		});
	});

	it('does not verify once a row was changed, and names it', async () => {
		const { store } = context();
		await history();
		const row = await store.db
			.selectFrom('consent_record')
			.selectAll()
			.where('sequence', '=', 2)
			.executeTakeFirstOrThrow();
		await store.db
			.updateTable('consent_record')
			.set({ details: (row.details ?? '').replace('optedOut', 'registered') })
			.where('id', '=', row.id)
			.execute();
		for (const number of [undefined, PHONE]) {
			expect(await verifyConsent(store, { number })).toMatchObject({
				valid: false,
				broken: [{ recordId: row.id, sequence: 2 }],
			});
		}
		expect(await verifyConsent(store, { number: '+393330000001' })).toMatchObject({ valid: true });
	});

	it.each([1, 2, 3])('does not verify once row %i of a person was deleted, and names it', async (sequence) => {
		const { store } = context();
		await history();
		await store.db.deleteFrom('consent_record').where('chain_id', '=', 1).where('sequence', '=', sequence).execute();
		expect(await verifyConsent(store)).toMatchObject({
			valid: false,
			broken: [{ recordId: null, chainId: 1, sequence, reason: expect.stringContaining('missing') as string }],
		});
	});

	it('does not verify once all records of a person were taken away', async () => {
		const { store } = context();
		await history();
		await store.db.deleteFrom('consent_record').where('chain_id', '=', 1).execute();
		await store.db.deleteFrom('ledger_chain').where('id', '=', 1).execute();
		expect(await verifyConsent(store)).toMatchObject({ valid: false, broken: [{ recordId: null }] });
		await expect(verifyConsent(store, { number: '+393330000007' })).rejects.toThrow(NotFoundError);
	});
});

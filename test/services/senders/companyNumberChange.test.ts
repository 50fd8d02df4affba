import { NO_LIMITS } from '../../../domain/invitationLimits';
import { ConflictError, InvalidInputError } from '../../../domain/errors';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { invite } from '../../../services/invitations/invite';
import { getRegistration, getUsage, listRegistrations } from '../../../services/registrations/lists';
import { checkRegistrations, registerByHand } from '../../../services/registrations/registrations';
import { createOrUpdateSender, resolveSender } from '../../../services/senders/senders';
import { carryPending } from '../../../services/senders/companyNumberChange';
import { applyConsentSignal } from '../../../services/consent/engine';
import { applyProviderOptOut } from '../../../services/sending/providerOptOut';
import { replaceSender } from '../../../store/successions';
import { senderById } from '../../../store/senders';
import { deliver, message, preference, seen, SENDER_PHONE as OLD } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const NEW = '+390287654321';
const NEWEST = '+390299999999';
const phoneOf = (person: number): string => `+39333000${String(1_000 + person)}`;

describeStores('A number that changed', (context) => {
	const save = (phone: string, more: Partial<Parameters<typeof createOrUpdateSender>[1]> = {}) =>
		createOrUpdateSender(context().store, {
			phone,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			stopScope: 'thisSender',
			...more,
		});
	const write = async (person: number, text: string, senderPhone = OLD, more: Parameters<typeof message>[1] = {}) => {
		context().clock.advance(1_000);
		await deliver(context().store, message(text, { phone: phoneOf(person), senderPhone, ...more }));
	};
	const lost = async (sender?: string) =>
		(await listRegistrations(context().store, { lostByNumberChange: true, sender })).map(({ phone }) => phone);
	const mayWrite = async (person: number, sender: string) =>
		(await checkRegistrations(context().store, { sender, numbers: [phoneOf(person)] }))[0];

	it('takes no registration along, and sends no more', async () => {
		const { store } = context();
		const old = await save(OLD);
		await write(1, 'START');
		const now = await save(NEW, { replaces: OLD });
		expect(await mayWrite(1, NEW)).toMatchObject({ registered: false, reason: 'not registered' });
		expect(await senderById(store.db, old.id)).toMatchObject({
			replacedById: now.id,
			stoppedReason: `Replaced by ${NEW}.`,
		});
		await expect(mayWrite(1, OLD)).rejects.toThrow(new RegExp(`replaced by \\${NEW}`));
		await expect(
			invite(store, { sender: OLD, number: phoneOf(2), origin: 'form', limits: NO_LIMITS, evidence: {} }),
		).rejects.toThrow(InvalidInputError);
		await expect(registerByHand(store, { sender: OLD, number: phoneOf(2), source: 'paper' })).rejects.toThrow(
			InvalidInputError,
		);
		// What was is still there to be looked at, and the new number is the only one.
		expect(await getUsage(store, { sender: OLD })).toMatchObject({ active: 1 });
		expect(await getRegistration(store, { sender: OLD, number: phoneOf(1) })).toMatchObject({ state: 'active' });
		expect((await store.read((db) => resolveSender(db, '', 'whatsapp'))).id).toBe(now.id);
		// Saving the old number again does not set it going.
		await save(OLD);
		expect(await senderById(store.db, old.id)).toMatchObject({
			replacedById: now.id,
			stoppedReason: `Replaced by ${NEW}.`,
		});
	});

	it('takes along the opt-outs that hold, by the person’s word and by Meta’s switch, with records, however many', async () => {
		const { store } = context();
		await save(OLD);
		for (let person = 0; person < 60; person++) await write(person, 'START');
		for (let person = 0; person < 55; person++) await write(person, 'STOP');
		context().clock.advance(1_000);
		await deliver(store, preference('stop', { phone: phoneOf(55), senderPhone: OLD }));
		await write(0, 'START');
		const now = await save(NEW, { replaces: OLD });
		expect(now.stoppedReason).toBeNull();
		for (const person of [1, 20, 54, 55]) expect(await mayWrite(person, NEW)).toMatchObject({ reason: 'opted out' });
		for (const person of [0, 56]) expect(await mayWrite(person, NEW)).toMatchObject({ reason: 'not registered' });
		const carried = await store.db.selectFrom('event').selectAll().where('kind', '=', 'carriedOptOut').execute();
		expect(carried).toHaveLength(55);
		const verdict = await verifyConsent(store);
		expect(verdict).toMatchObject({ valid: true });
		// Once more changes nothing.
		await save(NEW, { replaces: OLD });
		expect(await verifyConsent(store)).toEqual(verdict);
		await write(1, 'START', NEW);
		expect(await mayWrite(1, NEW)).toMatchObject({ registered: true });
	});

	it('does not let an old opt-out stand against a newer START to the new number', async () => {
		const { store } = context();
		await save(OLD);
		await save(NEW);
		await write(1, 'START');
		await write(1, 'STOP');
		await write(1, 'START', NEW);
		await save(NEW, { replaces: OLD });
		expect(await mayWrite(1, NEW)).toMatchObject({ registered: true });
		expect((await verifyConsent(store)).valid).toBe(true);
	});

	it('lets a STOP count that comes to the old number later, and a report of Meta’s, also over several changes', async () => {
		const { store, clock } = context();
		const old = await save(OLD);
		await write(1, 'START');
		await write(2, 'START');
		await save(NEW, { replaces: OLD });
		const newest = await save(NEWEST, { replaces: NEW });
		await write(1, 'START', NEWEST);
		await write(2, 'START', NEWEST);
		expect(await mayWrite(1, NEWEST)).toMatchObject({ registered: true });
		await write(1, 'STOP', OLD);
		expect(await mayWrite(1, NEWEST)).toMatchObject({ registered: false, state: 'ended', reason: 'opted out' });
		clock.advance(1_000);
		const identityId = (await seen(store, phoneOf(2))).identity?.id ?? 0;
		await store.transaction((db) =>
			applyProviderOptOut(store, db, {
				identityId,
				senderId: old.id,
				providerEventId: '131050',
				source: '131050',
				at: null,
			}),
		);
		expect(await mayWrite(2, NEWEST)).toMatchObject({ registered: true, state: 'active', reason: 'opted out' });
		expect((await seen(store, phoneOf(2))).words).toMatchObject({ [`marketing:${newest.id}`]: 'out' });
		expect((await verifyConsent(store)).valid).toBe(true);
	});

	it('frees the place at the new number that a STOP to the old one ends', async () => {
		await save(OLD);
		await write(1, 'START');
		await save(NEW, { replaces: OLD, packageLimit: 1 });
		await write(1, 'START', NEW);
		await write(2, 'START', NEW);
		expect(await mayWrite(2, NEW)).toMatchObject({ state: 'waiting' });
		await write(1, 'STOP', OLD);
		expect(await mayWrite(2, NEW)).toMatchObject({ registered: true });
	});

	it('leaves a list of those who lost their registration: who registers, or says no, drops out; who is invited stays', async () => {
		const { store } = context();
		await save(OLD);
		for (const person of [1, 2, 3, 4, 5]) await write(person, 'START');
		await write(5, 'STOP');
		expect(await lost()).toEqual([]);
		await save(NEW, { replaces: OLD });
		expect(await lost()).toEqual([1, 2, 3, 4].map(phoneOf));
		expect(await lost(NEW)).toEqual([1, 2, 3, 4].map(phoneOf));
		expect(await lost(OLD)).toEqual([1, 2, 3, 4].map(phoneOf));
		await write(1, 'START', NEW);
		await write(2, 'START', NEW);
		await write(2, 'STOP', NEW);
		await invite(store, { sender: NEW, number: phoneOf(3), origin: 'form', limits: NO_LIMITS, evidence: {} });
		await write(4, 'STOP');
		expect(await lost()).toEqual([phoneOf(3)]);
		// A second change: each person stands in the list once.
		const third = await save(NEWEST, { replaces: NEW });
		expect(await lost()).toEqual([phoneOf(1), phoneOf(3)]);
		expect(await lost(String(third.id))).toEqual([phoneOf(1), phoneOf(3)]);
		expect(
			await listRegistrations(store, {
				lostByNumberChange: true,
				limit: 1,
				after: (await listRegistrations(store, { lostByNumberChange: true, limit: 1 }))[0]?.pageToken,
			}),
		).toMatchObject([{ phone: phoneOf(3) }]);
	});

	it('sends from the new number only when the opt-outs are taken over, and goes on after a crash', async () => {
		const { store } = context();
		const [old, now] = [await save(OLD), await save(NEW)];
		for (let person = 0; person < 30; person++) {
			await write(person, 'START');
			await write(person, 'STOP');
		}
		await store.transaction((db) =>
			replaceSender(db, old.id, now.id, { old: 'Replaced.', new: TAKING_OVER }, store.now()),
		);
		expect((await senderById(store.db, now.id))?.stoppedReason).toBe(TAKING_OVER);
		await carryPending(store, { forMs: 0 });
		expect((await senderById(store.db, now.id))?.stoppedReason).toBe(TAKING_OVER);
		await carryPending(store);
		expect((await senderById(store.db, now.id))?.stoppedReason).toBeNull();
		expect(await mayWrite(29, NEW)).toMatchObject({ reason: 'opted out' });
	});

	it('loses no STOP that is said to the old number at the very moment of the change', async () => {
		const { store, clock } = context();
		await save(OLD);
		const people = Array.from({ length: 20 }, (_, person) => person);
		for (const person of people) await write(person, 'START');
		clock.advance(1_000);
		await Promise.all([
			...people.map((person) => deliver(store, message('STOP', { phone: phoneOf(person), senderPhone: OLD }))),
			save(NEW, { replaces: OLD }),
		]);
		for (const person of people) expect([person, (await mayWrite(person, NEW))?.reason]).toEqual([person, 'opted out']);
		expect((await verifyConsent(store)).valid).toBe(true);
	});

	it('waits for a STOP that is being stored when the number changes', async () => {
		const { store, clock } = context();
		const old = await save(OLD);
		await write(1, 'START');
		clock.advance(1_000);
		let said: () => void = () => undefined;
		const isSaid = new Promise<void>((resolve) => (said = resolve));
		let commit: () => void = () => undefined;
		const mayCommit = new Promise<void>((resolve) => (commit = resolve));
		const stop = store.transaction(async (db) => {
			const sender = (await senderById(db, old.id)) ?? null;
			const person = { phone: phoneOf(1), whatsAppUserId: null };
			await applyConsentSignal(store, db, {
				provider: 'meta',
				providerEventId: 'stop',
				kind: 'stop',
				channel: 'whatsapp',
				sender,
				person,
				sentAt: null,
				inbox: null,
			});
			said();
			await mayCommit;
		});
		await isSaid;
		const changed = save(NEW, { replaces: OLD });
		await new Promise((resolve) => setTimeout(resolve, 300));
		commit();
		await Promise.all([stop, changed]);
		expect(await mayWrite(1, NEW)).toMatchObject({ reason: 'opted out' });
	});

	it('is seen where Meta tells another number under an id that is known: nothing goes over silently', async () => {
		const { store } = context();
		const old = await save(OLD, { providerSenderId: '1066', packageLimit: 5, policy: 'keywordOnly', name: 'Shop' });
		await write(1, 'START', OLD, { providerSenderId: '1066' });
		await write(2, 'START', OLD, { providerSenderId: '1066' });
		await write(2, 'STOP', OLD, { providerSenderId: '1066' });
		await write(3, 'START', NEW, { providerSenderId: '1066' });
		const now = await store.read((db) => resolveSender(db, NEW, 'whatsapp'));
		expect(now).toMatchObject({
			name: 'Shop',
			policy: 'keywordOnly',
			packageLimit: 5,
			stopScope: 'thisSender',
			providerSenderId: '1066',
			stoppedReason: null,
		});
		expect(await senderById(store.db, old.id)).toMatchObject({ replacedById: now.id, providerSenderId: null });
		expect(await mayWrite(1, NEW)).toMatchObject({ reason: 'not registered' });
		expect(await mayWrite(2, NEW)).toMatchObject({ reason: 'opted out' });
		expect(await mayWrite(3, NEW)).toMatchObject({ registered: true });
		expect(await lost()).toEqual([phoneOf(1)]);
		// A webhook of before that comes late still speaks of the old number, and changes nothing back.
		await write(1, 'STOP', OLD, { providerSenderId: '1066' });
		expect(await mayWrite(1, NEW)).toMatchObject({ reason: 'opted out' });
		expect(await senderById(store.db, now.id)).toMatchObject({ providerSenderId: '1066', replacedById: null });
	});

	it('is not seen where Meta writes the same number in another way', async () => {
		const { store } = context();
		await save('+525512345678', { providerSenderId: '77' });
		await write(1, 'START', '+5215512345678', { providerSenderId: '77' });
		expect(await mayWrite(1, '+525512345678')).toMatchObject({ registered: true });
		expect(await store.db.selectFrom('sender').select('id').execute()).toHaveLength(1);
	});

	it('cannot replace itself, nor what a third replaced; a company may go back to a number of its own', async () => {
		const { store } = context();
		const old = await save(OLD);
		await expect(save(OLD, { replaces: OLD })).rejects.toThrow(InvalidInputError);
		await save(NEW, { replaces: OLD });
		await expect(save(NEWEST, { replaces: OLD })).rejects.toThrow(ConflictError);
		await write(1, 'START', NEW);
		await write(1, 'STOP', NEW);
		await save(OLD, { replaces: NEW });
		expect(await senderById(store.db, old.id)).toMatchObject({ replacedById: null, stoppedReason: null });
		expect(await mayWrite(1, OLD)).toMatchObject({ reason: 'opted out' });
	});
});

const TAKING_OVER = 'The opt-outs of the number before it are being taken over. If this stays, save the sender again.';

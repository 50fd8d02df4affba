import { setTimeout as wait } from 'node:timers/promises';

import { applyConsentSignal } from '../../../services/consent/engine';
import { waitForInFlight } from '../../../services/shared/inFlight';
import { reply, type SendInput, sendMessage } from '../../../services/sending/sendAndReply';
import { resolveSender } from '../../../store/senders';
import type { Store } from '../../../store/store';
import {
	counters,
	FakeProvider,
	messages,
	register,
	sayOut,
	seedGroup,
	seedIdentity,
	seedPerson,
	seedSender,
} from '../../support/delivery';
import { describeStores } from '../../support/stores';

// The machine may have much else to do: a test that waits for a rate must not fail for that.
jest.setTimeout(60_000);

const minute = 60_000;
const person = '+393331234567';

function text(over: Partial<SendInput> = {}): SendInput {
	return {
		channel: 'whatsapp',
		sender: '',
		to: '333 1234567',
		purpose: 'service',
		content: { type: 'text', body: 'Your parcel is here.' },
		idempotencyKey: 'event-1/node',
		...over,
	};
}

describeStores('Sending one message', (context) => {
	it('reaches somebody registered, marked as sending before the request', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		await register(store, await seedIdentity(store, person), senderId);
		const provider = new FakeProvider(store);
		const sent = await sendMessage(store, { meta: provider }, text());
		expect(sent).toMatchObject({
			state: 'accepted',
			reason: null,
			recipient: person,
			channel: 'whatsapp',
			senderPhone: '+436601111111',
			repeated: false,
		});
		expect(sent.providerMessageId).toMatch(/^wamid\./);
		expect(provider.requests[0]?.states).toEqual(['sending']);
		expect(await counters(store)).toEqual({ 'whatsapp accepted': 1 });
	});

	it('leaves out who has not registered, and says so without an error', async () => {
		const { store } = context();
		await seedSender(store);
		const provider = new FakeProvider(store);
		const sent = await sendMessage(store, { meta: provider }, text());
		expect(sent).toMatchObject({
			state: 'skipped',
			reason: 'not registered',
			reasonText: expect.stringContaining('Invite') as string,
		});
		expect(provider.requests).toEqual([]);
		expect(await counters(store)).toEqual({ 'whatsapp skipped not registered': 1 });
	});

	it('leaves free text outside the 24-hour window out, and sends a template', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		await register(store, await seedIdentity(store, person), senderId, store.now() - 24 * 60 * minute);
		const provider = new FakeProvider(store);
		expect(await sendMessage(store, { meta: provider }, text())).toMatchObject({
			state: 'skipped',
			reason: 'outside the 24-hour window',
		});
		const template = { type: 'template', name: 'sale', language: 'it', bodyParameters: [] } as const;
		const sent = await sendMessage(
			store,
			{ meta: provider },
			text({ content: { ...template, bodyParameters: [] }, idempotencyKey: 'other' }),
		);
		expect(sent.state).toBe('accepted');
	});

	it('needs a consent for advertising by SMS, and none for Service', async () => {
		const { store } = context();
		await seedSender(store);
		const provider = new FakeProvider(store);
		const sms = text({ channel: 'sms' });
		expect(await sendMessage(store, { meta: provider }, { ...sms, purpose: 'advertisement' })).toMatchObject({
			reason: 'no SMS consent',
		});
		expect(await sendMessage(store, { meta: provider }, { ...sms, idempotencyKey: '2' })).toMatchObject({
			state: 'accepted',
		});
		await seedPerson(store, { sms: person });
		expect(
			await sendMessage(store, { meta: provider }, { ...sms, purpose: 'advertisement', idempotencyKey: '3' }),
		).toMatchObject({ state: 'accepted' });
		await sayOut(store, await seedIdentity(store, person), 'sms');
		expect(await sendMessage(store, { meta: provider }, { ...sms, idempotencyKey: '4' })).toMatchObject({
			reason: 'opted out',
		});
	});

	it('reaches the typed number of a contact that was deleted', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		await seedPerson(store, { whatsApp: person, groupIds: [groupId], registeredWith: senderId });
		await store.db.deleteFrom('contact').execute();
		const provider = new FakeProvider(store);
		expect(
			await sendMessage(store, { meta: provider }, text({ to: '0039 333 1234567', purpose: 'advertisement' })),
		).toMatchObject({ state: 'accepted' });
	});

	it('reaches a person known by their WhatsApp user id only', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const { id } = await store.db
			.insertInto('identity')
			.values({ phone: null, whatsapp_user_id: 'IT.123', created_at: store.now() })
			.returning('id')
			.executeTakeFirstOrThrow();
		await register(store, id, senderId);
		const provider = new FakeProvider(store);
		expect(await sendMessage(store, { meta: provider }, text({ to: 'IT.123' }))).toMatchObject({
			state: 'accepted',
			recipient: 'IT.123',
		});
		expect(provider.requests[0]?.request.recipients).toMatchObject([{ phone: null, whatsAppUserId: 'IT.123' }]);
	});

	it('with the same key sends once and returns the first result, also at the same moment', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		await register(store, await seedIdentity(store, person), senderId);
		const provider = new FakeProvider(store);
		provider.delayMs = 50;
		const sent = await Promise.all([1, 2, 3, 4].map(() => sendMessage(store, { meta: provider }, text())));
		const later = await sendMessage(store, { meta: provider }, text({ to: `  ${person.slice(3)}` }));
		await expect(sendMessage(store, { meta: provider }, text({ to: '+39 333 7654321' }))).rejects.toThrow(
			/used for another recipient/,
		);
		expect(provider.requests).toHaveLength(1);
		expect(sent.filter(({ repeated }) => !repeated)).toHaveLength(1);
		for (const each of [...sent, later])
			expect(each).toMatchObject({ messageId: 1, state: 'accepted', recipient: person });
		expect(later.repeated).toBe(true);
	});

	it('says of a message that is left out at once whether its key was used before', async () => {
		const { store } = context();
		await seedSender(store);
		const provider = new FakeProvider(store);
		const send = () => sendMessage(store, { meta: provider }, text());
		expect(await send()).toMatchObject({ state: 'skipped', reason: 'not registered', repeated: false });
		expect(await send()).toMatchObject({ state: 'skipped', reason: 'not registered', repeated: true });
	});

	it('goes on with what a killed call had written down and not sent', async () => {
		const { store, clock } = context();
		const senderId = await seedSender(store);
		await register(store, await seedIdentity(store, person), senderId);
		await store.db
			.updateTable('sender')
			.set({ next_send_at_us: (clock.time + 2_000) * 1_000 })
			.execute();
		const killed = new FakeProvider(store);
		sendMessage(store, { meta: killed }, text()).catch(() => undefined);
		while ((await messages(store)).length === 0) await wait(5);
		await wait(50);
		expect(await messages(store)).toMatchObject([{ state: 'queued' }]);

		clock.advance(61_000);
		await store.db.updateTable('sender').set({ next_send_at_us: 0 }).execute();
		const provider = new FakeProvider(store);
		expect(await sendMessage(store, { meta: provider }, text())).toMatchObject({ state: 'accepted', repeated: true });
		expect(provider.requests).toHaveLength(1);
	});

	it('tries what was certainly not sent again, and what may have been sent never', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		await register(store, await seedIdentity(store, person), senderId);
		const provider = new FakeProvider(store);
		provider.answer = (_, index) =>
			index === 0 ? { class: 'retry', retryAfterMs: 10 } : { class: 'unknown', code: 'http:no_answer' };
		expect(await sendMessage(store, { meta: provider }, text())).toMatchObject({
			state: 'unknown',
			reason: 'http:no_answer',
		});
		expect(provider.requests).toHaveLength(2);
		provider.answer = () => ({ class: 'failed', code: '131026' });
		const failed = await sendMessage(store, { meta: provider }, text({ idempotencyKey: '2' }));
		expect(failed).toMatchObject({ state: 'failed', reason: '131026', reasonText: 'A fault of the kind failed.' });
	});

	it('does not go out by a stopped sender, nor without the credential, nor to what is no number', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		await register(store, await seedIdentity(store, person), senderId);
		const provider = new FakeProvider(store);
		await expect(sendMessage(store, {}, text())).rejects.toThrow(/No credential for meta/);
		await expect(sendMessage(store, { meta: provider }, text({ to: '12' }))).rejects.toThrow();
		expect(await messages(store)).toEqual([]);
		await store.db.updateTable('sender').set({ stopped_reason: 'blocked' }).execute();
		expect(await sendMessage(store, { meta: provider }, text())).toMatchObject({
			state: 'skipped',
			reason: 'sender stopped',
		});
		expect(provider.requests).toEqual([]);
	});

	it('does not start after a STOP that came while it waited for its time', async () => {
		const { store, clock } = context();
		const senderId = await seedSender(store);
		await register(store, await seedIdentity(store, person), senderId);
		await store.db
			.updateTable('sender')
			.set({ next_send_at_us: (clock.time + 300) * 1_000 })
			.execute();
		const provider = new FakeProvider(store);
		const sending = sendMessage(store, { meta: provider }, text());
		while ((await messages(store)).length === 0) await wait(5);
		const { identityId } = await say(store, 'stop', 'STOP');
		await waitForInFlight(store, [identityId]);
		expect(await sending).toMatchObject({ state: 'skipped', reason: 'opted out' });
		expect(provider.requests).toEqual([]);
	});
});

describeStores('A Reply', (context) => {
	it('answers what somebody wrote, registered or not, once', async () => {
		const { store } = context();
		await seedSender(store);
		const { eventId } = await say(store, 'help', 'help');
		const provider = new FakeProvider(store);
		const answer = { eventId, body: 'Write START.', idempotencyKey: 'a' };
		expect(await reply(store, { meta: provider }, answer)).toMatchObject({
			state: 'accepted',
			recipient: person,
			repeated: false,
		});
		expect(provider.requests[0]?.request).toMatchObject({ replyTo: 'said-1', purpose: 'service' });
		expect(await reply(store, { meta: provider }, answer)).toMatchObject({ state: 'accepted', repeated: true });
		expect(await reply(store, { meta: provider }, { ...answer, idempotencyKey: 'b' })).toMatchObject({
			state: 'skipped',
			reason: 'already replied',
		});
		expect(provider.requests).toHaveLength(1);
	});

	it('is sent once when two are tried at the same moment', async () => {
		const { store } = context();
		await seedSender(store);
		const { eventId } = await say(store, 'help', 'help');
		const provider = new FakeProvider(store);
		provider.delayMs = 50;
		const results = await Promise.allSettled(
			['a', 'b', 'c'].map((idempotencyKey) =>
				reply(store, { meta: provider }, { eventId, body: 'Hi', idempotencyKey }),
			),
		);
		expect(provider.requests).toHaveLength(1);
		expect(results.filter((each) => each.status === 'fulfilled' && each.value.state === 'accepted')).toHaveLength(1);
	});

	it('confirms a STOP within 15 minutes, and nothing else goes out after it', async () => {
		const { store, clock } = context();
		await seedSender(store);
		const before = await say(store, 'start', 'START');
		clock.advance(minute);
		const stop = await say(store, 'stop', 'STOP');
		const provider = new FakeProvider(store);
		clock.advance(14 * minute);
		expect(
			await reply(store, { meta: provider }, { eventId: before.eventId, body: 'Welcome', idempotencyKey: 'a' }),
		).toMatchObject({ reason: 'opted out' });
		expect(
			await reply(store, { meta: provider }, { eventId: stop.eventId, body: 'Goodbye', idempotencyKey: 'b' }),
		).toMatchObject({ state: 'accepted' });
		expect(
			await reply(store, { meta: provider }, { eventId: stop.eventId, body: 'Sure?', idempotencyKey: 'c' }),
		).toMatchObject({ reason: 'already replied' });
		expect(await sendMessage(store, { meta: provider }, text({ idempotencyKey: 'd' }))).toMatchObject({
			state: 'skipped',
			reason: 'opted out',
		});
		expect(provider.requests).toHaveLength(1);
	});

	it('does not confirm a STOP after 15 minutes', async () => {
		const { store, clock } = context();
		await seedSender(store);
		const { eventId } = await say(store, 'stop', 'STOP');
		clock.advance(15 * minute + 1);
		const provider = new FakeProvider(store);
		expect(await reply(store, { meta: provider }, { eventId, body: 'Goodbye', idempotencyKey: 'a' })).toMatchObject({
			state: 'skipped',
			reason: 'opted out',
		});
		expect(provider.requests).toEqual([]);
	});

	it('is possible for 24 hours', async () => {
		const { store, clock } = context();
		await seedSender(store);
		const { eventId } = await say(store, 'message', 'Hello?');
		clock.advance(24 * 60 * minute);
		const provider = new FakeProvider(store);
		const late = await reply(store, { meta: provider }, { eventId, body: 'Hello!', idempotencyKey: 'a' });
		expect(late).toMatchObject({ state: 'skipped', reason: 'outside the 24-hour window' });
	});

	it('to an event that is no message is refused', async () => {
		const { store } = context();
		await seedSender(store);
		await expect(reply(store, {}, { eventId: 99, body: 'Hi', idempotencyKey: 'a' })).rejects.toThrow(/no event 99/);
	});
});

async function say(
	store: Store,
	kind: 'start' | 'stop' | 'help' | 'message',
	body: string,
): Promise<{ eventId: number; identityId: number }> {
	const said = (await store.db.selectFrom('event').select('id').execute()).length + 1;
	const sender = await store.read((db) => resolveSender(db, '', 'whatsapp'));
	const { eventId, identityId } = await store.transaction((db) =>
		applyConsentSignal(store, db, {
			provider: 'meta',
			providerEventId: `said-${said}`,
			kind,
			channel: 'whatsapp',
			sender,
			person: { phone: person, whatsAppUserId: null },
			sentAt: store.now(),
			inbox: null,
			opensWindow: true,
			text: body,
		}),
	);
	return { eventId, identityId: identityId ?? 0 };
}

import type { HttpRequest } from '../../../providers/http';
import { httpAnswering } from '../../providers/support/httpClient';
import { createMetaProvider } from '../../../providers/meta/client';
import type { Provider } from '../../../providers/provider';
import { withTrialMode } from '../../../providers/trialMode';
import { createCampaign, previewCampaign } from '../../../services/sending/campaigns';
import { deliver as deliverCampaign } from '../../../services/sending/deliver';
import { reply, sendMessage } from '../../../services/sending/sendAndReply';
import { takeSlots } from '../../../services/sending/slots';
import { campaign, messages, seedGroup, seedPerson, seedSender } from '../../support/delivery';
import { deliver, message } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const ALLOWED = '+393331234567';
const OTHER = '+393339999999';
const SENDER = '+436601111111';

describeStores('Trial mode', (context) => {
	let asked: HttpRequest[] = [];
	beforeEach(() => {
		asked = [];
	});
	const trial = (...allowed: string[]): { meta: Provider } => {
		const http = async (request: HttpRequest) => {
			asked.push(request);
			return { status: 200, headers: {}, body: JSON.stringify({ messages: [{ id: `wamid.${asked.length}` }] }) };
		};
		const account = {
			accessToken: 'token',
			appSecret: 'secret',
			verifyToken: 'verify',
			phoneNumberId: '1',
			baseUrl: 'https://graph.example',
			apiVersion: 'v25.0',
		};
		return { meta: withTrialMode(createMetaProvider(account, httpAnswering(http)), allowed) };
	};
	const send = async (to: string, providers: { meta: Provider }, key = to) =>
		await sendMessage(context().store, providers, {
			...{ channel: 'whatsapp', sender: '', to, purpose: 'service', idempotencyKey: key },
			content: { type: 'template', name: 'news', language: 'it', bodyParameters: [] },
		});
	const people = async () => {
		const { store } = context();
		const senderId = await seedSender(store, { phone: SENDER, channels: ['whatsapp'] });
		const groupId = await seedGroup(store);
		for (const whatsApp of [ALLOWED, OTHER])
			await seedPerson(store, { whatsApp, groupIds: [groupId], registeredWith: senderId });
		return senderId;
	};

	it('sends to an allowed number, and refuses everybody else with the reason; nothing of them leaves the process', async () => {
		await people();
		const providers = trial(ALLOWED);
		expect(await send(OTHER, providers)).toMatchObject({
			state: 'skipped',
			reason: 'trial mode',
			reasonText: expect.stringMatching(/allowed numbers only/) as string,
		});
		expect(asked).toEqual([]);
		expect(await send(ALLOWED, providers)).toMatchObject({ state: 'accepted' });
		expect(asked.map(({ body }) => (JSON.parse(body ?? '{}') as { to: string }).to)).toEqual([ALLOWED.slice(1)]);
	});

	it.each(['+39 333 1234567', '0039 333 1234567', '(+39) 333-123.4567', '393331234567'])(
		'knows an allowed number written as %s',
		async (written) => {
			await people();
			expect(await send(ALLOWED, trial(written))).toMatchObject({ state: 'accepted' });
		},
	);

	it.each([[[]], [['']], [['anybody']], [['*']]])('with the list %j refuses everyone', async (allowed) => {
		await people();
		expect(await send(ALLOWED, trial(...allowed))).toMatchObject({ reason: 'trial mode' });
		expect(asked).toEqual([]);
	});

	it('refuses whoever is known by user id only', async () => {
		const { store } = context();
		await seedSender(store, { phone: SENDER, channels: ['whatsapp'] });
		await deliver(store, message('START', { phone: null, whatsAppUserId: 'IT.123', senderPhone: SENDER }));
		expect(await send('IT.123', trial(ALLOWED))).toMatchObject({ state: 'skipped', reason: 'trial mode' });
		expect(asked).toEqual([]);
	});

	it('says first what speaks against the person themselves', async () => {
		const { store } = context();
		await people();
		await deliver(store, message('STOP', { phone: OTHER, senderPhone: SENDER }));
		expect(await send(OTHER, trial(ALLOWED))).toMatchObject({ reason: 'opted out' });
	});

	it('replies to allowed numbers only, and the refusal uses up no Reply', async () => {
		const { store } = context();
		await people();
		await deliver(store, message('hello', { phone: OTHER, senderPhone: SENDER }));
		const { id: eventId } = await store.db.selectFrom('event').select('id').executeTakeFirstOrThrow();
		expect(await reply(store, trial(ALLOWED), { eventId, body: 'Hi', idempotencyKey: 'one' })).toMatchObject({
			state: 'skipped',
			reason: 'trial mode',
		});
		expect(asked).toEqual([]);
		expect(await reply(store, trial(ALLOWED, OTHER), { eventId, body: 'Hi', idempotencyKey: 'two' })).toMatchObject({
			state: 'accepted',
		});
	});

	it('is a reason for being left out in Preview and Create where the credential is attached', async () => {
		const { store } = context();
		await people();
		const input = campaign({ content: { type: 'template', name: 'news', language: 'it', bodyParameters: [] } });
		expect(await previewCampaign(store, input, trial(ALLOWED))).toMatchObject({
			counts: { queued: 1, skipped: 1 },
			leftOut: { 'trial mode': 1 },
		});
		expect(await previewCampaign(store, input, trial())).toMatchObject({
			counts: { queued: 0 },
			leftOut: { 'trial mode': 2 },
		});
		expect(await createCampaign(store, input, trial(ALLOWED))).toMatchObject({
			counts: { queued: 1, skipped: 1 },
			leftOut: { 'trial mode': 1 },
		});
		expect(await messages(store)).toMatchObject([
			{ recipient: ALLOWED, state: 'queued' },
			{ recipient: OTHER, state: 'skipped', reason: 'trial mode' },
		]);
	});

	it('sends nobody an SMS instead of the WhatsApp it refuses', async () => {
		const { store } = context();
		const senderId = await people();
		await store.db
			.updateTable('contact')
			.set({ sms_number: OTHER, sms_consent_source: 'form', sms_consent_at: 1 })
			.where('whatsapp_number', '=', OTHER)
			.execute();
		await seedSender(store, { phone: '+436602222222', provider: 'websms', channels: ['sms'] });
		const preview = await previewCampaign(
			store,
			campaign({ channels: 'whatsappElseSms', whatsAppSender: String(senderId) }),
			trial(ALLOWED),
		);
		expect(preview).toMatchObject({ counts: { queued: 1 }, leftOut: { 'trial mode': 1 } });
	});

	it('holds for a campaign that was planned without the credential, too', async () => {
		const { store } = context();
		await people();
		await createCampaign(store, campaign());
		const [slot] = (await takeSlots(store, { trigger: 'test' })).slots;
		if (!slot) throw new Error('No slot was free.');
		await deliverCampaign(store, trial(ALLOWED), { ...slot, runForMs: 1_500 });
		expect(asked.map(({ body }) => (JSON.parse(body ?? '{}') as { to: string }).to)).toEqual([ALLOWED.slice(1)]);
		expect(await messages(store)).toMatchObject([{ state: 'accepted' }, { state: 'skipped', reason: 'trial mode' }]);
	});
});

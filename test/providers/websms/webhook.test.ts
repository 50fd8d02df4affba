import fc from 'fast-check';
import type { IncomingEvent, RawRequest, WebhookReading } from '../../../providers/provider';
import { clientMessageIdOf } from '../../../providers/websms/clientMessageId';
import { createWebsmsWebhookReader } from '../../../providers/websms/webhook';
import { get, person, post } from '../support/requests';

const account = { accessToken: 'token-1', webhookSecret: 's3cret&1', defaultCountry: 'AT' } as const;
const reader = createWebsmsWebhookReader(account);
const url = '/webhook?x=1&key=s3cret%261';
const hook = (body: string | Buffer | object) => post(body, {}, url);
const eventsIn = ({ events }: WebhookReading): IncomingEvent[] => [...(events ?? [])];
const read = (body: object) => eventsIn(reader.read(hook(body)));

const inbound = {
	messageType: 'text',
	notificationId: '050f9005180a2a212469',
	messageFlashSms: false,
	senderAddress: '4366012345678',
	senderAddressType: 'international',
	recipientAddress: '066012345679',
	recipientAddressType: 'national',
	textMessageContent: 'Hello',
};

const report = {
	messageType: 'deliveryReport',
	notificationId: '5280675327899111111',
	transferId: '00670eb55d00349e1111',
	senderAddress: '41791111111',
	deliveryReportMessageStatus: 'delivered',
	sentOn: '2024-10-15T20:33:02.000+02:00',
	deliveredOn: '2024-10-15T20:33:03.000+02:00',
	deliveredAs: 'sms',
	clientMessageId: '11cf996f-0000-0000-0000-000000000000',
};

describe('the answer', () => {
	test('is what websms expects for everything taken', () => {
		expect(reader.read(hook(inbound)).answer).toEqual({
			status: 200,
			contentType: 'application/json; charset=utf-8',
			body: '{"statusCode":2000,"statusMessage":"OK"}',
		});
	});

	test.each<[string, RawRequest, number]>([
		['without a key', post(inbound, {}, '/webhook'), 401],
		['with an empty key', post(inbound, {}, '/webhook?key='), 401],
		['with a wrong key', post(inbound, {}, '/webhook?key=s3cret'), 401],
		['with a key that goes on', post(inbound, {}, `${url}x`), 401],
		['with the key in another case', post(inbound, {}, url.toUpperCase()), 401],
		['that is a GET without a key', get('/webhook'), 401],
		['that is a GET', get(url), 405],
		['whose body is no JSON', hook('messageType=text'), 400],
		['whose body is empty', hook(''), 400],
		['whose body is larger than 3 MB', hook(`"${'x'.repeat(3 * 1024 * 1024)}"`), 413],
	])('to a request %s is a refusal in JSON, with no event', (_what, request, status) => {
		const { answer, events } = reader.read(request);
		expect(answer.status).toBe(status);
		expect(JSON.parse(answer.body)).toMatchObject({ statusCode: 4000 });
		expect(events).toBeNull();
	});

	test('is 401 to everybody when the credential has no secret', () => {
		const open = createWebsmsWebhookReader({ ...account, webhookSecret: '' });
		expect(open.read(post(inbound, {}, '/webhook?key=')).answer.status).toBe(401);
		expect(open.read(post(inbound, {}, '/webhook')).answer.status).toBe(401);
	});
});

describe('messages', () => {
	test('an SMS is read', () => {
		expect(read(inbound)).toEqual([
			{
				kind: 'message',
				providerEventId: '050f9005180a2a212469',
				channel: 'sms',
				sender: { providerSenderId: null, phone: '+4366012345679' },
				from: { phone: '+4366012345678', toldPhone: null, whatsAppUserId: null },
				sentAt: null,
				messageType: 'text',
				text: 'Hello',
				buttonPayload: null,
				profileName: null,
			},
		]);
	});

	test('a WhatsApp message has the same form and its own channel', () => {
		expect(read({ ...inbound, messageType: 'whatsapp' })).toMatchObject([
			{ kind: 'message', channel: 'whatsapp', text: 'Hello' },
		]);
	});

	test.each([
		['4366012345679', 'international', '+4366012345679'],
		['4366012345679', undefined, '+4366012345679'],
		['82820', 'shortcode', null],
		[undefined, undefined, null],
	])('the company’s address %s of type %s is the number %j', (recipientAddress, recipientAddressType, phone) => {
		expect(read({ ...inbound, recipientAddress, recipientAddressType })).toMatchObject([
			{ kind: 'message', sender: { phone } },
		]);
	});

	test('a national number stays unknown where no country is set', () => {
		const anywhere = createWebsmsWebhookReader({ ...account, defaultCountry: undefined });
		expect(eventsIn(anywhere.read(hook(inbound)))).toMatchObject([{ kind: 'message', sender: { phone: null } }]);
	});

	const ucs2 = (text: string) => Buffer.from(text, 'utf16le').swap16();
	const concatenated = (part: number, body: Buffer) =>
		Buffer.concat([Buffer.from([5, 0x00, 3, 0x2a, 2, part]), body]).toString('base64url');
	const binary = (binaryMessageContent: string[], userDataHeaderPresent?: boolean) => ({
		...inbound,
		messageType: 'binary',
		textMessageContent: undefined,
		binaryMessageContent,
		userDataHeaderPresent,
	});

	test.each<[string, object, string]>([
		['8-bit', binary([Buffer.from('STOP').toString('base64')]), 'STOP'],
		['8-bit of one letter', binary(['QQ==']), 'A'],
		['8-bit without padding', binary(['U1RPUA']), 'STOP'],
		['UTF-8', binary([Buffer.from('Désinscription').toString('base64url')]), 'Désinscription'],
		['Latin-1', binary([Buffer.from('désabonner', 'latin1').toString('base64url')]), 'désabonner'],
		['UCS-2', binary([ucs2('STOP').toString('base64url')]), 'STOP'],
		['UCS-2 with an emoji', binary([ucs2('STOP 🛑').toString('base64url')]), 'STOP 🛑'],
		['UTF-16 little-endian', binary([Buffer.from('STOP', 'utf16le').toString('base64url')]), 'STOP'],
		['parts', binary([Buffer.from('ST').toString('base64'), Buffer.from('OP').toString('base64')]), 'STOP'],
		['parts with headers', binary([concatenated(1, ucs2('STOP ')), concatenated(2, ucs2('news'))], true), 'STOP news'],
		['URL-safe letters', binary([Buffer.from('STOP ÿþ?>', 'latin1').toString('base64url')]), 'STOP ÿþ?>'],
	])('a binary message whose bytes are %s is its text', (_what, body, text) => {
		expect(read(body)).toMatchObject([{ kind: 'message', channel: 'sms', messageType: 'text', text }]);
	});

	test.each<[string, object]>([
		['nothing', binary([''])],
		['no segment', binary([])],
		['control characters', binary([Buffer.from([1, 2, 3, 0x80]).toString('base64')])],
		['a header that ends too early', binary([Buffer.from([9, 0, 3]).toString('base64')], true)],
		['a ringtone for a port', binary([Buffer.from([6, 5, 4, 0x15, 0x81, 0, 0, 65, 66]).toString('base64')], true)],
		['no list', { ...binary([]), binaryMessageContent: 'U1RPUA' }],
	])('a binary message that is %s is kept as unknown', (_what, body) => {
		expect(read(body)).toMatchObject([{ kind: 'unknown' }]);
	});

	test.each<[string, object]>([
		['a message from a name', { ...inbound, senderAddress: 'MyShop', senderAddressType: 'alphanumeric' }],
		['a message without text', { ...inbound, textMessageContent: undefined }],
		['another type', { ...inbound, messageType: 'fax' }],
		['no type', {}],
		['a list', [inbound]],
	])('%s is kept as unknown, with an id that stays', (_what, body) => {
		const events = read(body);
		expect(events).toMatchObject([
			{ kind: 'unknown', providerEventId: expect.stringMatching(/^unknown:[0-9a-f]{32}$/) },
		]);
		expect(read(body)).toEqual(events);
	});
});

describe('delivery reports', () => {
	test('a report is read: the sender address is the handset', () => {
		expect(read(report)).toEqual([
			{
				kind: 'status',
				providerEventId: '00670eb55d00349e1111:41791111111:delivered',
				channel: 'sms',
				sender: { providerSenderId: null, phone: null },
				providerMessageId: '00670eb55d00349e1111',
				reference: '11cf996f-0000-0000-0000-000000000000',
				batchReference: null,
				recipientPhone: '+41791111111',
				status: 'delivered',
				deliveredAs: 'sms',
				at: Date.UTC(2024, 9, 15, 18, 33, 3),
				error: null,
			},
		]);
	});

	test.each([
		['accepted', 'sent', null],
		['undelivered', 'sent', null],
		['delivered', 'delivered', null],
		['expired', 'expired', 'expired'],
		['deleted', 'failed', 'deleted'],
		['rejected', 'failed', 'rejected'],
	])('the status %s means %s', (name, status, code) => {
		expect(read({ ...report, deliveryReportMessageStatus: name })).toMatchObject([
			{ status, error: code === null ? null : { class: 'failed', code } },
		]);
	});

	test.each([
		['sms', 'sms'],
		['failover-sms', 'sms'],
		['voice', 'sms'],
		['push', 'push'],
		[undefined, 'sms'],
	])('delivered as %s counts as %s', (deliveredAs, channel) => {
		expect(read({ ...report, deliveredAs })).toMatchObject([{ deliveredAs: channel }]);
	});

	test('the time is that of what is reported, and unknown where it is not told', () => {
		expect(read({ ...report, deliveryReportMessageStatus: 'undelivered', deliveredOn: undefined })).toMatchObject([
			{ at: Date.UTC(2024, 9, 15, 18, 33, 2) },
		]);
		expect(read({ ...report, deliveryReportMessageStatus: 'expired', deliveredOn: undefined })).toMatchObject([
			{ at: null },
		]);
		expect(read({ ...report, deliveredOn: '2024-10-15T20:33:03' })).toMatchObject([{ status: 'delivered', at: null }]);
	});

	test('the report of a batch carries no reference that could be taken for one message', () => {
		const clientMessageId = clientMessageIdOf([person('first', '+41791111111'), person('second', '+41792222222')]);
		expect(read({ ...report, clientMessageId })).toMatchObject([
			{
				reference: null,
				batchReference: 'first',
				providerMessageId: report.transferId,
				recipientPhone: '+41791111111',
			},
		]);
	});

	test('a report without our id, as for requests of others, is read', () => {
		expect(read({ ...report, clientMessageId: undefined, notificationId: undefined })).toMatchObject([
			{ kind: 'status', reference: null, batchReference: null },
		]);
	});

	test('two people of one batch, and two statuses of one person, are events of their own', () => {
		const ids = [
			report,
			{ ...report, senderAddress: '41792222222' },
			{ ...report, deliveryReportMessageStatus: 'accepted' },
		].flatMap((body) => read(body).map(({ providerEventId }) => providerEventId));
		expect(new Set(ids).size).toBe(3);
	});

	test.each<[string, object]>([
		['a status not known', { ...report, deliveryReportMessageStatus: 'valueOf' }],
		['no transferId', { ...report, transferId: undefined }],
		['no handset', { ...report, senderAddress: undefined }],
	])('a report with %s is kept as unknown', (_what, body) => {
		expect(read(body)).toMatchObject([{ kind: 'unknown' }]);
	});
});

describe('the WhatsApp channel', () => {
	const channel = (whatsappNotification: unknown) => ({
		customerChannelUuid: '11111111-2222-3333-4444-555555555555',
		sender: '46701234567',
		recipient: '123e4567-e89b-12d3-a456-426614174000',
		type: 'whatsapp',
		whatsappNotification,
	});
	const notification = (value: object) => ({
		object: 'whatsapp_business_account',
		entry: [
			{
				id: '1',
				changes: [
					{
						field: 'messages',
						value: { metadata: { display_phone_number: '4366012345678', phone_number_id: '99' }, ...value },
					},
				],
			},
		],
	});

	test('messages and statuses are read as Meta’s and belong to the channel', () => {
		const events = read(
			channel(
				notification({
					contacts: [{ profile: { name: 'Ann' }, wa_id: '46701234567' }],
					messages: [
						{ from: '46701234567', id: 'wamid.1', timestamp: 1749416383, type: 'text', text: { body: 'START' } },
						{ id: {} },
					],
					statuses: [{ id: 'wamid.2', status: 'read', timestamp: '1749416384', recipient_id: '46701234567' }],
				}),
			),
		);
		const sender = { providerSenderId: '11111111-2222-3333-4444-555555555555', phone: '+4366012345678' };
		expect(events).toMatchObject([
			{
				kind: 'message',
				providerEventId: 'wamid.1',
				channel: 'whatsapp',
				sender,
				from: { phone: '+46701234567' },
				text: 'START',
				sentAt: 1749416383000,
				profileName: 'Ann',
			},
			{ kind: 'unknown' },
			{
				kind: 'status',
				providerMessageId: 'wamid.2',
				sender,
				status: 'read',
				recipientPhone: '+46701234567',
				deliveredAs: 'whatsapp',
			},
		]);
	});

	test('statuses of one request to many people are events of their own and carry no reference for one message', () => {
		const statusTo = (recipient: string) => ({
			id: '0059d0b20100a0a8b803',
			status: 'sent',
			timestamp: '1749416384',
			recipient_id: recipient,
			biz_opaque_callback_data: 'batch:first',
		});
		const events = read(channel(notification({ statuses: [statusTo('46701234567'), statusTo('46701234568')] })));
		expect(new Set(events.map(({ providerEventId }) => providerEventId)).size).toBe(2);
		expect(events).toMatchObject([
			{ reference: null, batchReference: 'first' },
			{ reference: null, batchReference: 'first' },
		]);
	});

	test.each([undefined, null, 'text', {}])('a channel notification that holds %j is kept as unknown', (inner) => {
		expect(read(channel(inner))).toMatchObject([{ kind: 'unknown' }]);
	});
});

test('any JSON gets the answer 200 and at least one event, twice the same', () => {
	const key = fc.constantFrom(
		'messageType',
		'customerChannelUuid',
		'whatsappNotification',
		'notificationId',
		'senderAddress',
		'senderAddressType',
	);
	const value = fc.oneof(fc.jsonValue(), fc.constantFrom('text', 'deliveryReport', 'national', '066012345678'));
	fc.assert(
		fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(key, value)), (json) => {
			const reading = reader.read(hook(JSON.stringify(json)));
			const events = eventsIn(reading);
			expect(reading.answer.status).toBe(200);
			expect(events.length).toBeGreaterThan(0);
			expect(eventsIn(reader.read(hook(JSON.stringify(json))))).toEqual(events);
		}),
	);
});

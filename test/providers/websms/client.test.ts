import fc from 'fast-check';
import nock from 'nock';
import { HttpFailure } from '../../../providers/http';
import type { SendRequest } from '../../../providers/provider';
import { createWebsmsProvider } from '../../../providers/websms/client';
import { httpAnswering, testHttpClient } from '../support/httpClient';
import { interceptHttp } from '../support/interceptHttp';
import { errorIn, person, sendRequest } from '../support/requests';

const account = { accessToken: 'token-1', webhookSecret: 's3cret' };
const provider = createWebsmsProvider(account, testHttpClient);
const host = 'https://api.linkmobility.eu';
const smsPath = '/rest/smsmessaging/text';
const ok = {
	clientMessageId: 'job-7:part-1',
	smsCount: 1,
	statusCode: 2000,
	statusMessage: 'OK',
	transferId: '0059d0b20100a0a8b803',
};

const sms = (changes: Partial<SendRequest> = {}) =>
	sendRequest({
		channel: 'sms',
		sender: { phone: '+4366012345678', providerSenderId: null, smsSenderAddress: 'MyShop' },
		...changes,
	});

interceptHttp();

test('an SMS to one person goes out exactly as websms wants it', async () => {
	nock(host, {
		reqheaders: {
			authorization: 'Bearer token-1',
			'content-type': 'application/json;charset=UTF-8',
			accept: 'application/json',
		},
	})
		.post(smsPath, {
			recipientAddressList: ['4367612345678'],
			messageContent: 'Hello',
			senderAddress: 'MyShop',
			senderAddressType: 'alphanumeric',
			contentCategory: 'informational',
			clientMessageId: 'job-7:part-1',
			notificationCallbackUrl: 'https://example.org/hook?key=s3cret',
		})
		.reply(200, ok);
	await expect(provider.send(sms({ statusCallbackUrl: 'https://example.org/hook?key=s3cret' }))).resolves.toEqual([
		{ reference: 'job-7:part-1', accepted: true, providerMessageId: '0059d0b20100a0a8b803' },
	]);
});

test('one request goes to many, whose results share the transferId and whose clientMessageId is marked as that of a batch', async () => {
	nock(host)
		.post(smsPath, {
			recipientAddressList: ['4367612345678', '4366012345678'],
			messageContent: 'Sale',
			senderAddress: '4366012345678',
			senderAddressType: 'international',
			contentCategory: 'advertisement',
			clientMessageId: 'batch:a',
		})
		.reply(200, { ...ok, statusCode: 2001 });
	const results = await provider.send(
		sms({
			purpose: 'advertisement',
			content: { type: 'text', body: 'Sale' },
			sender: { phone: '+4366012345678', providerSenderId: null, smsSenderAddress: null },
			recipients: [person('a', '+4367612345678'), person('b', '+4366012345678')],
		}),
	);
	expect(results).toEqual([
		{ reference: 'a', accepted: true, providerMessageId: '0059d0b20100a0a8b803' },
		{ reference: 'b', accepted: true, providerMessageId: '0059d0b20100a0a8b803' },
	]);
});

test.each([
	['82820', { senderAddress: '82820', senderAddressType: 'shortcode' }],
	['+4366012345678', { senderAddress: '4366012345678', senderAddressType: 'international' }],
	['4U Shop', { senderAddress: '4U Shop', senderAddressType: 'alphanumeric' }],
])('the sender address %s is sent with its type', async (smsSenderAddress, expected) => {
	nock(host)
		.post(smsPath, (body: object) => expect(body).toMatchObject(expected) === undefined)
		.reply(200, ok);
	await provider.send(sms({ sender: { phone: '+4366012345678', providerSenderId: null, smsSenderAddress } }));
});

test('a WhatsApp text goes to the sender’s channel, without the fields that only SMS has', async () => {
	const channel = '11111111-2222-3333-4444-555555555555';
	nock(host)
		.post(`/rest/channels/${channel}/send/whatsapp`, {
			recipientAddressList: ['436991234567'],
			messageContent: { type: 'text', text: { body: 'Hi https://a.example', preview_url: true } },
			contentCategory: 'informational',
			clientMessageId: 'job-7:part-1',
		})
		.reply(200, { statusCode: 2000, statusMessage: 'OK', transferId: '0059d0b20100a0a8' });
	const [result] = await provider.send(
		sendRequest({
			sender: { phone: '+4366012345678', providerSenderId: channel, smsSenderAddress: 'MyShop' },
			content: { type: 'text', body: 'Hi https://a.example' },
			recipients: [person('job-7:part-1', '+436991234567')],
			statusCallbackUrl: 'https://example.org/hook?key=s3cret',
			replyTo: 'anything',
		}),
	);
	expect(result).toEqual({ reference: 'job-7:part-1', accepted: true, providerMessageId: '0059d0b20100a0a8' });
});

test('a WhatsApp template goes out in Meta’s form', async () => {
	nock(host)
		.post('/rest/channels/c/send/whatsapp', {
			recipientAddressList: ['4367612345678'],
			messageContent: {
				type: 'template',
				template: {
					name: 'sale',
					language: { code: 'de_AT' },
					components: [{ type: 'body', parameters: [{ type: 'text', text: 'Anna' }] }],
				},
			},
			contentCategory: 'informational',
			clientMessageId: 'job-7:part-1',
		})
		.reply(200, ok);
	await provider.send(
		sendRequest({
			sender: { phone: '+4366012345678', providerSenderId: 'c', smsSenderAddress: null },
			content: { type: 'template', name: 'sale', language: 'de_AT', bodyParameters: ['Anna'] },
		}),
	);
});

test('a number that websms would refuse the whole request for is kept out of it', async () => {
	nock(host)
		.post(smsPath, (body: { recipientAddressList: string[]; clientMessageId: string }) => {
			expect(body).toMatchObject({ recipientAddressList: ['4367612345678'], clientMessageId: 'b' });
			return true;
		})
		.reply(200, ok);
	const results = await provider.send(
		sms({
			recipients: [
				person('a', '+1234567'),
				person('b', '+4367612345678'),
				person('c', null, 'IT.123'),
				person('d', '+43 660 1'),
			],
		}),
	);
	expect(results.map(({ reference, accepted }) => [reference, accepted])).toEqual([
		['a', false],
		['b', true],
		['c', false],
		['d', false],
	]);
	expect(errorIn(results[0])).toMatchObject({ class: 'failed', code: 'no_number' });
});

test('every number in a request has the form that websms wants', async () => {
	const sent: string[] = [];
	const recording = createWebsmsProvider(
		account,
		httpAnswering((request) => {
			sent.push(...(JSON.parse(request.body ?? '') as { recipientAddressList: string[] }).recipientAddressList);
			return Promise.resolve({ status: 200, headers: {}, body: JSON.stringify(ok) });
		}),
	);
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.oneof(fc.string(), fc.stringMatching(/^\+\d{6,16}$/)), { minLength: 1 }),
			async (phones) => {
				sent.length = 0;
				const results = await recording.send(
					sms({ recipients: phones.map((phone, index) => person(String(index), phone)) }),
				);
				expect(results.map(({ reference }) => reference)).toEqual(phones.map((_, index) => String(index)));
				expect(results.filter(({ accepted }) => accepted)).toHaveLength(sent.length);
				for (const number of sent) expect(number).toMatch(/^[1-9][0-9]{7,14}$/);
			},
		),
	);
});

test('what websms cannot send is refused without a request', async () => {
	const crowd = Array.from({ length: 1001 }, (_, index) => person(String(index), '+4367612345678'));
	const refusals = await Promise.all([
		provider.send(sms({ recipients: crowd })),
		provider.send(sms({ content: { type: 'template', name: 'sale', language: 'de', bodyParameters: [] } })),
		provider.send(sms({ channel: 'whatsapp' })),
		provider.send(sendRequest({ content: { type: 'text', body: 'x'.repeat(4097) } })),
		provider.send(sms({ recipients: [person('a', null)] })),
	]);
	expect(refusals.map(([result]) => errorIn(result).code)).toEqual([
		'too_many_recipients',
		'content_not_supported',
		'no_channel',
		'text_too_long',
		'no_number',
	]);
	expect(refusals[0]).toHaveLength(1001);
});

const classes: [string, number[]][] = [
	['stopSender', [4001, 4003, 4013, 4014, 4016, 4018, 4020, 4021, 4022, 4035]],
	['retryLater', [4012, 4023, 4024, 4025, 5003]],
	['optedOut', [4030, 4031]],
	['pauseCampaign', [4043]],
	['unknown', [5000, 5999]],
	[
		'failed',
		[
			4000, 4002, 4004, 4005, 4006, 4007, 4008, 4009, 4010, 4011, 4015, 4017, 4019, 4026, 4027, 4029, 4040, 4041, 4042,
			4999,
		],
	],
];

test.each(classes.flatMap(([errorClass, codes]) => codes.map((code) => [code, errorClass] as const)))(
	'websms code %i is classed %s, although the HTTP status is 200',
	async (statusCode, errorClass) => {
		nock(host).post(smsPath).reply(200, { statusCode, statusMessage: 'Some words' });
		const results = await provider.send(
			sms({ recipients: [person('a', '+4367612345678'), person('b', '+4366012345678')] }),
		);
		expect(results.map((result) => [result.reference, errorIn(result).class, errorIn(result).code])).toEqual([
			['a', errorClass, String(statusCode)],
			['b', errorClass, String(statusCode)],
		]);
		expect(errorIn(results[0]).message).toMatch(/^(websms|[A-Z]).*\(websms code \d+: Some words\)$/);
	},
);

test('a code that comes as text, or with an HTTP error, is understood', async () => {
	nock(host)
		.post(smsPath)
		.reply(200, { statusCode: '4023' })
		.post(smsPath)
		.reply(503, { statusCode: 5003, statusMessage: 'x' }, { 'Retry-After': '9' });
	expect(errorIn((await provider.send(sms()))[0])).toMatchObject({ class: 'retryLater', code: '4023' });
	expect(errorIn((await provider.send(sms()))[0])).toMatchObject({
		class: 'retryLater',
		code: '5003',
		retryAfterMs: 9000,
	});
});

test.each([
	[200, '', 'unknown', 'http:200'],
	[200, '<html>', 'unknown', 'http:200'],
	[200, '{}', 'unknown', 'http:200'],
	// Accepted, but no report could ever be matched: a later one settles it by our reference.
	[200, '{"statusCode":2000}', 'unknown', '2000'],
	[500, '', 'unknown', 'http:500'],
	[502, '<html>', 'unknown', 'http:502'],
	[400, '', 'retryLater', 'http:400'],
	[400, '<html>Bad Request</html>', 'retryLater', 'http:400'],
	[401, '', 'retryLater', 'http:401'],
	[403, '{"error":"forbidden"}', 'retryLater', 'http:403'],
	[404, '<html>', 'retryLater', 'http:404'],
	[429, '', 'retryLater', 'http:429'],
])('HTTP %i with the body %j is classed %s', async (status, body, errorClass, code) => {
	nock(host).post(smsPath).reply(status, body);
	expect(errorIn((await provider.send(sms()))[0])).toMatchObject({ class: errorClass, code });
});

test.each([
	[new HttpFailure('timeout', true), 'unknown'],
	[new HttpFailure('connect ECONNREFUSED', false), 'retry'],
	[new Error('odd'), 'unknown'],
])('when HTTP throws (%s), everybody in the batch gets a result classed %s', async (thrown, errorClass) => {
	const broken = createWebsmsProvider(
		account,
		httpAnswering(() => Promise.reject(thrown)),
	);
	const results = await broken.send(
		sms({ recipients: [person('a', '+4367612345678'), person('b', '+4366012345678')] }),
	);
	expect(results.map((result) => errorIn(result).class)).toEqual([errorClass, errorClass]);
});

describe('the check', () => {
	const local = createWebsmsProvider({ ...account, baseUrl: 'http://127.0.0.1:4010/' }, testHttpClient);
	const nobody = { recipientAddressList: [], messageContent: 'Test', test: true };

	test.each([4002, 4019, 4003, 2000])('passes when the request to nobody meets the answer %i', async (statusCode) => {
		nock('http://127.0.0.1:4010', { reqheaders: { authorization: 'Bearer token-1' } })
			.post(smsPath, nobody)
			.reply(200, { statusCode, statusMessage: 'x' });
		await expect(local.check()).resolves.toBeUndefined();
	});

	test.each([
		[
			200,
			{ statusCode: 4001, statusMessage: 'invalid credentials' },
			/does not accept the credential.*invalid credentials/,
		],
		[200, { statusCode: 4014, statusMessage: 'x' }, /IP address/],
		[200, { statusCode: 5003, statusMessage: 'x' }, /could not say whether the credential works \(5003\)/],
		[401, '', /was refused \(HTTP 401\).*access token/],
		[404, '<html>', /base URL/],
		[200, '<html>', /could not say/],
	])('says what HTTP %i with %j means', async (status, body, sentence) => {
		nock('http://127.0.0.1:4010').post(smsPath).reply(status, body);
		await expect(local.check()).rejects.toThrow(sentence);
	});

	test('says where websms could not be reached', async () => {
		const broken = createWebsmsProvider(
			account,
			httpAnswering(() => Promise.reject(new HttpFailure('x', true))),
		);
		await expect(broken.check()).rejects.toThrow('websms could not be reached at https://api.linkmobility.eu/rest.');
	});
});

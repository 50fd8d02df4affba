import nock from 'nock';
import { HttpFailure } from '../../../providers/http';
import { createMetaProvider } from '../../../providers/meta/client';
import { httpAnswering, testHttpClient } from '../support/httpClient';
import { interceptHttp } from '../support/interceptHttp';
import { errorIn, person, sendRequest } from '../support/requests';

const account = { accessToken: 'token-1', appSecret: 'appsecret', verifyToken: 'word' };
const provider = createMetaProvider(account, testHttpClient);
const graph = 'https://graph.facebook.com';
const path = '/v25.0/106540352242922/messages';
const accepted = {
	messaging_product: 'whatsapp',
	contacts: [{ input: '4367612345678', wa_id: '4367612345678' }],
	messages: [{ id: 'wamid.HBgL1', message_status: 'accepted' }],
};

interceptHttp();

test('a text goes out exactly as the Cloud API wants it', async () => {
	nock(graph, { reqheaders: { authorization: 'Bearer token-1', 'content-type': 'application/json' } })
		.post(path, {
			messaging_product: 'whatsapp',
			recipient_type: 'individual',
			to: '4367612345678',
			biz_opaque_callback_data: 'job-7:part-1',
			type: 'text',
			text: { body: 'Hi https://a.example', preview_url: true },
		})
		.reply(200, accepted);
	await expect(
		provider.send(sendRequest({ content: { type: 'text', body: 'Hi https://a.example' } })),
	).resolves.toEqual([
		{
			reference: 'job-7:part-1',
			accepted: true,
			providerMessageId: 'wamid.HBgL1',
			toldPhone: '+4367612345678',
			whatsAppUserId: null,
		},
	]);
});

test('the number by which WhatsApp knows the person is told back', async () => {
	nock(graph)
		.post(path)
		.reply(200, { ...accepted, contacts: [{ input: '+5531987654321', wa_id: '553187654321' }] });
	await expect(provider.send(sendRequest())).resolves.toMatchObject([{ accepted: true, toldPhone: '+553187654321' }]);
});

test('a reply names the message it answers', async () => {
	nock(graph)
		.post(path, {
			messaging_product: 'whatsapp',
			recipient_type: 'individual',
			to: '4367612345678',
			biz_opaque_callback_data: 'job-7:part-1',
			context: { message_id: 'wamid.HBgLin' },
			type: 'text',
			text: { body: 'Hello' },
		})
		.reply(200, accepted);
	const [result] = await provider.send(sendRequest({ replyTo: 'wamid.HBgLin' }));
	expect(result?.accepted).toBe(true);
});

test('a template goes out with its values in order, and without components where it has none', async () => {
	const common = {
		messaging_product: 'whatsapp',
		recipient_type: 'individual',
		to: '4367612345678',
		biz_opaque_callback_data: 'job-7:part-1',
		type: 'template',
	};
	nock(graph)
		.post(path, {
			...common,
			template: {
				name: 'sale',
				language: { code: 'de_AT' },
				components: [
					{
						type: 'body',
						parameters: [
							{ type: 'text', text: 'Anna' },
							{ type: 'text', text: 'X1' },
						],
					},
				],
			},
		})
		.reply(200, accepted)
		.post(path, { ...common, template: { name: 'hello', language: { code: 'en' } } })
		.reply(200, accepted);
	await provider.send(
		sendRequest({ content: { type: 'template', name: 'sale', language: 'de_AT', bodyParameters: ['Anna', 'X1'] } }),
	);
	await provider.send(
		sendRequest({ content: { type: 'template', name: 'hello', language: 'en', bodyParameters: [] } }),
	);
});

test('a person without a known number is written to by WhatsApp user id, and by number where both are known', async () => {
	const bodies: Record<string, unknown>[] = [];
	nock(graph)
		.post(path, (body: Record<string, unknown>) => bodies.push(body) > 0)
		.twice()
		.reply(200, { messages: [{ id: 'wamid.2' }] });
	await provider.send(sendRequest({ recipients: [person('a', null, 'US.13491208655302741918')] }));
	await provider.send(sendRequest({ recipients: [person('b', '+4367612345678', 'US.13491208655302741918')] }));
	expect(bodies.map(({ to, recipient }) => ({ to, recipient }))).toEqual([
		{ to: undefined, recipient: 'US.13491208655302741918' },
		{ to: '4367612345678', recipient: undefined },
	]);
});

test('base URL and API version can be set', async () => {
	nock('http://127.0.0.1:4010').post('/v24.0/106540352242922/messages').reply(200, accepted);
	const local = createMetaProvider(
		{ ...account, baseUrl: 'http://127.0.0.1:4010/', apiVersion: 'v24.0' },
		testHttpClient,
	);
	const [result] = await local.send(sendRequest());
	expect(result?.accepted).toBe(true);
});

test('what Meta cannot send is refused without a request', async () => {
	const refusals = await Promise.all([
		provider.send(sendRequest({ channel: 'sms' })),
		provider.send(sendRequest({ sender: { phone: '+15550783881', providerSenderId: null, smsSenderAddress: null } })),
		provider.send(sendRequest({ recipients: [person('a', null)] })),
		provider.send(sendRequest({ content: { type: 'text', body: '😀'.repeat(4097) } })),
	]);
	expect(refusals.map(([result]) => errorIn(result).code)).toEqual([
		'channel_not_supported',
		'no_phone_number_id',
		'no_address',
		'text_too_long',
	]);
});

function metaError(code: number, extra: object = {}) {
	return {
		error: {
			message: `(#${code}) Something`,
			type: 'OAuthException',
			code,
			error_data: { messaging_product: 'whatsapp', details: 'Some details' },
			fbtrace_id: 'Az8',
			...extra,
		},
	};
}

// One row for each group of codes.
const classes: [string, number[]][] = [
	[
		'stopSender',
		[
			0, 104, 190, 3, 10, 200, 250, 299, 131005, 33, 131048, 368, 131031, 131037, 131042, 131044, 131045, 133010,
			133016,
		],
	],
	['retry', [1, 2, 131000, 131016, 133004, 135000, 131056]],
	['retryLater', [4, 17, 32, 341, 613, 80007, 130429, 131057]],
	[
		'pauseCampaign',
		[100, 131008, 131009, 131064, 131063, 132000, 132001, 132007, 132008, 132012, 132015, 132016, 132018],
	],
	['optedOut', [131050]],
	['failed', [131021, 131026, 131030, 131047, 131049, 130472, 130497, 131051, 131052, 131053, 131062, 132005, 137000]],
];

test.each(classes.flatMap(([errorClass, codes]) => codes.map((code) => [code, errorClass] as const)))(
	'Meta error %i is classed %s, whether it comes with HTTP 400 or 429',
	async (code, errorClass) => {
		nock(graph).post(path).reply(400, metaError(code)).post(path).reply(429, metaError(code));
		for (let attempt = 0; attempt < 2; attempt++) {
			const error = errorIn((await provider.send(sendRequest()))[0]);
			expect(error).toMatchObject({ class: errorClass, code: String(code) });
			expect(error.message).toMatch(/^[A-Z].*\(Meta error \d+: Some details\)$/);
		}
	},
);

test.each([1, 2, 131000, 131016, 133004, 135000, 999_999])(
	'code %i with HTTP 5xx says nothing of the message, which may have been sent: it is not sent again',
	async (code) => {
		nock(graph).post(path).reply(500, metaError(code)).post(path).reply(503, metaError(code));
		expect(errorIn((await provider.send(sendRequest()))[0]).class).toBe('unknown');
		expect(errorIn((await provider.send(sendRequest()))[0]).class).toBe('unknown');
	},
);

test.each([
	[500, 190, 'stopSender'],
	[503, 130429, 'retryLater'],
	[500, 131026, 'failed'],
	[500, 131050, 'optedOut'],
	[400, 131000, 'retry'],
	[429, 999_999, 'retryLater'],
	[401, 999_999, 'stopSender'],
	[403, 999_999, 'stopSender'],
	[404, 999_999, 'failed'],
])('HTTP %i with code %i, which says what became of the message, is classed %s', async (status, code, errorClass) => {
	nock(graph).post(path).reply(status, metaError(code));
	expect(errorIn((await provider.send(sendRequest()))[0]).class).toBe(errorClass);
});

test.each([100, 131008, 131009, 132008, 132012, 132018])(
	'code %i is of the campaign, unless it comes for the same message again',
	async (code) => {
		nock(graph).post(path).reply(400, metaError(code));
		expect(errorIn((await provider.send(sendRequest()))[0])).toMatchObject({
			class: 'pauseCampaign',
			failsWhenRepeated: true,
		});
	},
);

test('a wrong phone number ID, told as an invalid parameter with subcode 33, stops the sender', async () => {
	nock(graph)
		.post(path)
		.reply(400, metaError(100, { error_subcode: 33 }));
	expect(errorIn((await provider.send(sendRequest()))[0]).class).toBe('stopSender');
});

test('waiting times come with the error: the provider’s header before our own figure', async () => {
	nock(graph)
		.post(path)
		.reply(429, metaError(130429), { 'Retry-After': '17' })
		.post(path)
		.reply(400, metaError(131056))
		.post(path)
		.reply(400, metaError(131056), { 'Retry-After': '1' });
	expect(errorIn((await provider.send(sendRequest()))[0]).retryAfterMs).toBe(17_000);
	expect(errorIn((await provider.send(sendRequest()))[0]).retryAfterMs).toBe(6_000);
	expect(errorIn((await provider.send(sendRequest()))[0]).retryAfterMs).toBe(1_000);
});

test.each([
	[200, '', 'unknown'],
	[200, '{"messages":[]}', 'unknown'],
	[500, '<html>', 'unknown'],
	[500, '{"messages":[{"id":"wamid.1"}]}', 'unknown'],
	[502, '', 'unknown'],
	[503, '{"error":"unavailable"}', 'unknown'],
	[408, '', 'unknown'],
	[302, '', 'unknown'],
	[429, '', 'retryLater'],
	[401, '', 'retryLater'],
	[403, '<html>', 'retryLater'],
	[404, '<html>', 'retryLater'],
	[407, '', 'retryLater'],
	[403, '{"error":{"code":403,"message":"Forbidden","status":"PERMISSION_DENIED"}}', 'retryLater'],
	[401, '{"error":{"code":16,"message":"unauthenticated"}}', 'retryLater'],
	[400, '{"error":{"code":3,"message":"invalid argument"}}', 'retryLater'],
	[429, '{"error":{"code":8,"message":"resource exhausted"}}', 'retryLater'],
	[503, '{"error":{"code":503,"message":"upstream connect error"}}', 'unknown'],
	[500, '{"error":{"code":10,"message":"aborted"}}', 'unknown'],
])('HTTP %i with the body %j, which is no word of Meta’s, is classed %s', async (status, body, errorClass) => {
	nock(graph).post(path).reply(status, body);
	expect(errorIn((await provider.send(sendRequest()))[0])).toMatchObject({ class: errorClass, code: `http:${status}` });
});

test('a connection refused is tried again, a connection lost may have sent the message', async () => {
	nock(graph)
		.post(path)
		.replyWithError(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
	nock(graph)
		.post(path)
		.replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
	expect(errorIn((await provider.send(sendRequest()))[0])).toMatchObject({ class: 'retry', code: 'http:not_reached' });
	expect(errorIn((await provider.send(sendRequest()))[0])).toMatchObject({ class: 'unknown', code: 'http:no_answer' });
});

test.each([
	[new HttpFailure('no answer', true), 'unknown'],
	[new HttpFailure('refused', false), 'retry'],
	[new TypeError('a fault of our own'), 'unknown'],
])('whatever HTTP throws (%s), each recipient gets a result classed %s', async (thrown, errorClass) => {
	const broken = createMetaProvider(
		account,
		httpAnswering(() => Promise.reject(thrown)),
	);
	const results = await broken.send(
		sendRequest({ recipients: [person('a', '+4367612345678'), person('b', '+4367612345679')] }),
	);
	expect(results.map((result) => [result.reference, errorIn(result).class])).toEqual([
		['a', errorClass],
		['b', errorClass],
	]);
});

test('an error message carries neither the token nor a full phone number that Meta quoted', async () => {
	const token = 'EAAJZBx1abcdefghijklmnopqrstuvwxyz0123';
	nock(graph)
		.post(path)
		.reply(401, { error: { code: 190, message: `Malformed access token ${token} for +4367612345678` } });
	const { message } = errorIn((await provider.send(sendRequest()))[0]);
	expect(message).not.toContain(token);
	expect(message).not.toContain('4367612345678');
});

describe('the check', () => {
	const withNumber = createMetaProvider({ ...account, phoneNumberId: '106540352242922' }, testHttpClient);
	const answer = {
		id: '106540352242922',
		display_phone_number: '15550783881',
		verified_name: 'Shop',
		quality_rating: 'GREEN',
	};

	test('asks for the number where it is known', async () => {
		nock(graph, { reqheaders: { authorization: 'Bearer token-1' } })
			.get('/v25.0/106540352242922')
			.query(true)
			.reply(200, answer);
		await expect(withNumber.check()).resolves.toBeUndefined();
	});

	test('asks for the owner of the token otherwise', async () => {
		nock(graph).get('/v25.0/me').reply(200, { id: '1', name: 'Shop' });
		await expect(provider.check()).resolves.toBeUndefined();
	});

	test.each([
		[401, metaError(190), /does not accept the access token/],
		[400, metaError(100, { error_subcode: 33 }), /does not know this phone number ID/],
		[403, metaError(10), /lacks the permission/],
		[404, '<html>', /base URL/],
		[200, '<html>', /could not say whether the credential works \(http:200\)/],
		[502, '', /could not say whether the credential works \(http:502\)/],
	])('says what HTTP %i with %j means', async (status, body, sentence) => {
		nock(graph).get('/v25.0/106540352242922').query(true).reply(status, body);
		await expect(withNumber.check()).rejects.toThrow(sentence);
	});

	test('says where Meta could not be reached, and nothing about messages', async () => {
		const broken = createMetaProvider(
			account,
			httpAnswering(() => Promise.reject(new HttpFailure('connect ECONNREFUSED', false))),
		);
		await expect(broken.check()).rejects.toThrow(
			/^Meta could not be reached at https:\/\/graph\.facebook\.com\/v25\.0\. Check/,
		);
	});
});

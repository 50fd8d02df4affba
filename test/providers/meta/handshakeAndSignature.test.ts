import { createMetaWebhookReader } from '../../../providers/meta/webhook';
import type { RawRequest } from '../../../providers/provider';
import { get, post, signatureOf } from '../support/requests';

const account = { accessToken: 'token-1', appSecret: 'appsecret', verifyToken: 'my word&1' };
const reader = createMetaWebhookReader(account);
const emptyBody = '{"object":"whatsapp_business_account","entry":[]}';
const vector = 'sha256=09eceea024af6e6343b760cc9bd3ae7c056938dd636e24e92109eb8219500384';

const signed = (body: string | Buffer): RawRequest =>
	post(body, { 'x-hub-signature-256': signatureOf(body, 'appsecret') });

test('the handshake gives the challenge back as it came, as plain text', () => {
	const { answer, events } = reader.read(
		get('/hook?hub.mode=subscribe&hub.challenge=%3Cb%3E1158201444&hub.verify_token=my+word%261'),
	);
	expect(answer).toEqual({ status: 200, contentType: 'text/plain', body: '<b>1158201444' });
	expect(events).toBeNull();
});

test.each([
	['a wrong token', '/hook?hub.mode=subscribe&hub.challenge=1&hub.verify_token=other', 403],
	['no token', '/hook?hub.mode=subscribe&hub.challenge=1', 403],
	['an empty token', '/hook?hub.mode=subscribe&hub.challenge=1&hub.verify_token=', 403],
	['another mode', '/hook?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=my+word%261', 403],
	['no challenge', '/hook?hub.mode=subscribe&hub.verify_token=my+word%261', 400],
	['no query', '//', 403],
])('a handshake with %s is refused', (_what, url, status) => {
	expect(reader.read(get(url)).answer.status).toBe(status);
});

test('without a verify token in the credential no handshake succeeds', () => {
	const open = createMetaWebhookReader({ ...account, verifyToken: '' });
	expect(open.read(get('/hook?hub.mode=subscribe&hub.challenge=1&hub.verify_token=')).answer.status).toBe(403);
});

test('the published signature of the published body is right', () => {
	const { answer, events } = reader.read(post(emptyBody, { 'x-hub-signature-256': vector }));
	expect(answer.status).toBe(200);
	expect([...(events ?? ['final'])]).toEqual([]);
});

const hex = vector.slice('sha256='.length);

test.each<[string, RawRequest]>([
	['is missing', post(emptyBody)],
	['is empty', post(emptyBody, { 'x-hub-signature-256': '' })],
	['has no prefix', post(emptyBody, { 'x-hub-signature-256': hex })],
	['has only the prefix', post(emptyBody, { 'x-hub-signature-256': 'sha256=' })],
	['names another algorithm', post(emptyBody, { 'x-hub-signature-256': `sha1=${hex}` })],
	['has a prefix of the same length', post(emptyBody, { 'x-hub-signature-256': `sha512=${hex}` })],
	['is cut short', post(emptyBody, { 'x-hub-signature-256': vector.slice(0, -1) })],
	['goes on', post(emptyBody, { 'x-hub-signature-256': `${vector}0` })],
	['has one digit changed', post(emptyBody, { 'x-hub-signature-256': vector.replace(/4$/, '5') })],
	['is written in capitals', post(emptyBody, { 'x-hub-signature-256': `sha256=${hex.toUpperCase()}` })],
	['is no hex', post(emptyBody, { 'x-hub-signature-256': `sha256=${'ü'.repeat(64)}` })],
	['stands in another header', post(emptyBody, { 'x-hub-signature': vector })],
	['was made with another secret', post(emptyBody, { 'x-hub-signature-256': signatureOf(emptyBody, 'appsecret2') })],
	['was made for another body', post(`${emptyBody} `, { 'x-hub-signature-256': vector })],
	[
		'was made for the same JSON in other bytes',
		post('{"entry":[],"object":"whatsapp_business_account"}', { 'x-hub-signature-256': vector }),
	],
])('a notification whose signature %s gets 401 and no event', (_how, request) => {
	const { answer, events } = reader.read(request);
	expect(answer.status).toBe(401);
	expect(events).toBeNull();
});

test('without an app secret in the credential no notification is believed', () => {
	const open = createMetaWebhookReader({ ...account, appSecret: '' });
	expect(open.read(post(emptyBody, { 'x-hub-signature-256': signatureOf(emptyBody, '') })).answer.status).toBe(401);
	expect(open.read(post(emptyBody)).answer.status).toBe(401);
});

test('the signature is that of the raw bytes, also where they are no valid UTF-8', () => {
	const body = Buffer.concat([
		Buffer.from('{"object":"x","entry":[],"odd":"'),
		Buffer.from([0xff, 0xfe]),
		Buffer.from('"}'),
	]);
	expect(reader.read(signed(body)).answer.status).toBe(200);
});

test('a signed body that is no JSON gets 400, an unsigned one still 401', () => {
	expect(reader.read(signed('{"entry":')).answer.status).toBe(400);
	expect(reader.read(signed('')).answer.status).toBe(400);
	expect(reader.read(post('{"entry":')).answer.status).toBe(401);
});

test('a body over 3 MB gets 413, one of just 3 MB is read', () => {
	const start = '{"entry":[],"x":"';
	const bodyOfBytes = (bytes: number) => `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
	expect(reader.read(signed(bodyOfBytes(3 * 1024 * 1024))).answer.status).toBe(200);
	expect(reader.read(signed(bodyOfBytes(3 * 1024 * 1024 + 1))).answer.status).toBe(413);
});

test('another method gets 405', () => {
	expect(reader.read({ ...signed(emptyBody), method: 'PUT' }).answer.status).toBe(405);
});

test.each(['[]', '"text"', 'null', '1', '{}', '{"object":"page","entry":{}}'])(
	'the signed JSON %s gets 200 and is kept as unknown',
	(body) => {
		const { answer, events } = reader.read(signed(body));
		const read = [...(events ?? [])];
		expect(answer.status).toBe(200);
		expect(read).toMatchObject([{ kind: 'unknown' }]);
		expect([...(reader.read(signed(body)).events ?? [])]).toEqual(read);
	},
);

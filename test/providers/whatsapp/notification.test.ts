import fc from 'fast-check';
import { readNotification } from '../../../providers/whatsapp/notification';
import type { IncomingEvent } from '../../../providers/provider';

const metadata = { display_phone_number: '15550783881', phone_number_id: '106540352242922' };
const sender = { providerSenderId: '106540352242922', phone: '+15550783881' };
const contact = { profile: { name: 'Sheena' }, wa_id: '16505551234', user_id: 'US.13491208655302741918' };

const change = (value: object, field = 'messages') => ({
	field,
	value: { messaging_product: 'whatsapp', metadata, ...value },
});
const notification = (...changes: unknown[]) => ({
	object: 'whatsapp_business_account',
	entry: [{ id: '102290129340398', changes }],
});
const message = (changes: object) => ({
	from: '16505551234',
	from_user_id: 'US.13491208655302741918',
	id: 'wamid.HBgL1',
	timestamp: '1749416383',
	type: 'text',
	...changes,
});

function read(...changes: unknown[]): IncomingEvent[] {
	const events = readNotification(notification(...changes));
	if (events === null) throw new Error('The notification has no entries.');
	return [...events];
}

const readAll = (notified: unknown): IncomingEvent[] => [...(readNotification(notified) ?? [])];
const readOne = (element: unknown) => read(change({ contacts: [contact], messages: [element] }))[0];
const readStatus = (element: unknown) => read(change({ statuses: [element] }))[0];

describe('messages', () => {
	test('a text is read with its person, sender and time', () => {
		expect(readOne(message({ text: { body: 'STOP' } }))).toEqual({
			kind: 'message',
			providerEventId: 'wamid.HBgL1',
			channel: 'whatsapp',
			sender,
			from: { phone: '+16505551234', toldPhone: null, whatsAppUserId: 'US.13491208655302741918' },
			sentAt: 1749416383000,
			messageType: 'text',
			text: 'STOP',
			buttonPayload: null,
			profileName: 'Sheena',
		});
	});

	test.each<[string, object, string | null, string | null]>([
		[
			'button',
			{ button: { payload: 'STOP', text: 'Abbestellen' }, context: { from: '1', id: 'wamid.0' } },
			'Abbestellen',
			'STOP',
		],
		['button', { button: { payload: 'STOP' } }, 'STOP', 'STOP'],
		['interactive', { interactive: { type: 'button_reply', button_reply: { id: 'y', title: 'Yes' } } }, 'Yes', 'y'],
		[
			'interactive',
			{ interactive: { type: 'list_reply', list_reply: { id: '1', title: 'News', description: 'weekly' } } },
			'News',
			'1',
		],
		['interactive', { interactive: { type: 'nfm_reply', nfm_reply: { response_json: '{}' } } }, null, null],
		[
			'interactive',
			{
				interactive: {
					type: 'nfm_reply',
					nfm_reply: {
						response_json:
							'{"flow_token":"stop","screen_0_Choose_0":"0_Stop_all","screen_0_Name_1":"Anna\\nBerger","unsubscribe":true,"terms":false}',
						body: 'Sent',
						name: 'flow',
					},
				},
			},
			'Stop all\nAnna Berger\nunsubscribe',
			null,
		],
		['image', { image: { caption: 'My receipt', mime_type: 'image/jpeg', sha256: 'x', id: '1' } }, 'My receipt', null],
		['image', { image: { mime_type: 'image/jpeg', sha256: 'x', id: '1' } }, null, null],
		['image', { image: 'odd' }, null, null],
		['image', { image: { caption: 7 } }, '7', null],
		['video', { video: { caption: 'STOP', mime_type: 'video/mp4', sha256: 'x', id: '1' } }, 'STOP', null],
		[
			'document',
			{ document: { caption: 'Form', filename: 'a.pdf', mime_type: 'application/pdf', sha256: 'x', id: '1' } },
			'Form',
			null,
		],
		['audio', { audio: { mime_type: 'audio/ogg', sha256: 'x', id: '1', voice: true } }, null, null],
		['sticker', { sticker: { mime_type: 'image/webp', sha256: 'x', id: '1' } }, null, null],
		['reaction', { reaction: { message_id: 'wamid.0', emoji: '👍' } }, null, null],
		['location', { location: { latitude: 1, longitude: 2 } }, null, null],
		['contacts', { contacts: [] }, null, null],
		['order', { order: {} }, null, null],
		['system', { system: { body: 'Something else', type: 'user_identity_changed' } }, null, null],
		['system', { system: { body: 'To nowhere', wa_id: 'nowhere', type: 'user_changed_number' } }, null, null],
		['unsupported', { errors: [{ code: 131051, title: 'Unsupported' }] }, null, null],
		['something_new', { something_new: 1 }, null, null],
		// A name that every object has must not be taken for a type we know.
		['constructor', {}, null, null],
	])('of a message of type %s with %j the text is %j and the payload %j', (type, content, text, buttonPayload) => {
		expect(readOne(message({ type, ...content }))).toMatchObject({
			kind: 'message',
			messageType: JSON.stringify(content).includes('nfm_reply') ? 'nfm_reply' : type,
			text,
			buttonPayload,
		});
	});

	test.each([{ wa_id: '16505559999' }, { new_wa_id: '16505559999' }])(
		'of type system that tells a new number by %j it is a change of number',
		(to) => {
			expect(
				readOne(
					message({ type: 'system', system: { body: 'User changed from A to B', type: 'user_changed_number', ...to } }),
				),
			).toEqual({
				kind: 'numberChange',
				providerEventId: expect.stringMatching(/^wamid/) as string,
				channel: 'whatsapp',
				sender: expect.objectContaining({ phone: '+15550783881' }) as object,
				from: { phone: '+16505551234', whatsAppUserId: expect.anything() as unknown },
				to: '+16505559999',
				newUserId: null,
				at: 1749416383000,
				text: 'User changed from A to B',
			});
		},
	);

	const OLD_ID = 'US.Old1';
	const NEW_ID = 'US.New2';
	test.each<[string, object, object, object]>([
		[
			'a user id, without a number',
			{ from: undefined, from_user_id: NEW_ID },
			{ type: 'user_changed_user_id', user_id: NEW_ID, previous_user_id: OLD_ID },
			{ from: { phone: null, whatsAppUserId: OLD_ID }, to: null, newUserId: NEW_ID },
		],
		[
			'a user id, with the number that stays',
			{ from: '16505551234', from_user_id: undefined },
			{ type: 'user_changed_user_id', wa_id: '16505551234', user_id: NEW_ID, previous_user_id: OLD_ID },
			{ from: { phone: '+16505551234', whatsAppUserId: OLD_ID }, to: null, newUserId: NEW_ID },
		],
		[
			'a user id, the old one beside the message',
			{ from: undefined, from_user_id: OLD_ID },
			{ type: 'user_changed_user_id', user_id: NEW_ID },
			{ from: { phone: null, whatsAppUserId: OLD_ID }, to: null, newUserId: NEW_ID },
		],
		[
			'a number, the new id beside the message',
			{ from: undefined, from_user_id: NEW_ID },
			{ type: 'user_changed_number', wa_id: '16505559999', user_id: NEW_ID, previous_user_id: OLD_ID },
			{ from: { phone: null, whatsAppUserId: OLD_ID }, to: '+16505559999', newUserId: NEW_ID },
		],
		[
			'a number, neither number nor id beside the message',
			{ from: undefined, from_user_id: undefined },
			{ type: 'user_changed_number', wa_id: '16505559999', previous_user_id: OLD_ID },
			{ from: { phone: null, whatsAppUserId: OLD_ID }, to: '+16505559999', newUserId: null },
		],
		[
			'a number, of the only contact beside it',
			{ from: undefined, from_user_id: undefined },
			{ type: 'user_changed_number', wa_id: '16505559999' },
			{ from: { phone: '+16505551234', whatsAppUserId: null }, to: '+16505559999', newUserId: null },
		],
	])('of type system that tells of %s', (_what, beside, system, change) => {
		const event = readOne(message({ type: 'system', ...beside, system: { body: 'Changed', ...system } }));
		expect(event).toMatchObject({ kind: 'numberChange', ...change });
	});

	test.each([
		['1749416383', 1749416383000],
		[1749416383, 1749416383000],
		['yesterday', null],
		[undefined, null],
		[-1, null],
		[1.5, null],
	])('the timestamp %j is the time %j, and never costs the message', (timestamp, sentAt) => {
		expect(readOne(message({ timestamp, text: { body: 'STOP' } }))).toMatchObject({
			kind: 'message',
			text: 'STOP',
			sentAt,
		});
	});

	test.each([undefined, null, ''])('a person without a phone number (%j) is known by the WhatsApp user id', (from) => {
		const anonymous = { profile: { name: 'Ann' }, user_id: 'IT.123' };
		const [event] = read(
			change({
				contacts: [contact, anonymous],
				messages: [message({ from, from_user_id: 'IT.123', text: { body: 'START' } })],
			}),
		);
		expect(event).toMatchObject({ from: { phone: null, whatsAppUserId: 'IT.123' }, profileName: 'Ann' });
	});

	test('a half of the identity missing in the message is taken from its contact, never from another’s', () => {
		const other = { profile: { name: 'Ben' }, wa_id: '436601234567', user_id: 'AT.9' };
		const texts = [
			message({ id: 'wamid.1', from: undefined, text: { body: 'a' } }),
			message({ id: 'wamid.2', from_user_id: undefined, text: { body: 'b' } }),
			message({ id: 'wamid.3', from: '4917612345678', from_user_id: undefined, text: { body: 'c' } }),
		];
		expect(read(change({ contacts: [other, contact], messages: texts }))).toMatchObject([
			{ from: { phone: '+16505551234', whatsAppUserId: 'US.13491208655302741918' }, profileName: 'Sheena' },
			{ from: { phone: '+16505551234', whatsAppUserId: 'US.13491208655302741918' }, profileName: 'Sheena' },
			{ from: { phone: '+4917612345678', whatsAppUserId: null }, profileName: null },
		]);
	});

	test('a message that names nobody is of the one person in the payload, and of nobody where there are several', () => {
		const nameless = message({ from: undefined, from_user_id: undefined, text: { body: 'STOP' } });
		expect(readOne(nameless)).toMatchObject({ kind: 'message', from: { phone: '+16505551234' }, text: 'STOP' });
		const contacts = [{ wa_id: '16505551234' }, { wa_id: '4917612345678' }];
		for (const several of [[], contacts])
			expect(read(change({ messages: [nameless], contacts: several }))).toMatchObject([{ kind: 'unknown' }]);
	});

	test.each([
		['a deletion', 'revoke', { revoke: { original_message_id: 'wamid.1' } }, 'revoke', null],
		[
			'an edit, by its new text',
			'edit',
			{ edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'STOP' } } } },
			'edit',
			'STOP',
		],
		['an edited caption', 'edit', { edit: { message: { type: 'image', image: { caption: 'stop' } } } }, 'edit', 'stop'],
		['an edit of an edit', 'edit', { edit: { message: { type: 'edit', edit: {} } } }, 'edit', null],
		[
			'a refused call',
			'interactive',
			{ interactive: { type: 'call_permission_reply', call_permission_reply: { response: 'reject' } } },
			'call_permission_reply',
			null,
		],
		['START in a group', 'text', { text: { body: 'START' }, group_id: 'g1' }, 'group_text', 'START'],
		['the text of an order', 'order', { order: { catalog_id: '1', text: 'STOP', product_items: [] } }, 'order', 'STOP'],
		[
			'a button without a title',
			'interactive',
			{ interactive: { type: 'button_reply', button_reply: { id: 'STOP' } } },
			'interactive',
			'STOP',
		],
		[
			'a row without a title',
			'interactive',
			{ interactive: { type: 'list_reply', list_reply: { id: 'STOP', description: 'x' } } },
			'interactive',
			'STOP',
		],
	])('%s comes with its type and words', (_what, type, content, messageType, text) => {
		expect(readOne(message({ type, ...content }))).toMatchObject({ kind: 'message', messageType, text });
	});

	test.each([
		[
			'a picture',
			{ type: 'image', image: { id: '77', mime_type: 'image/jpeg', sha256: 'x' } },
			{ image: { id: '77' } },
		],
		['a place', { type: 'location', location: { latitude: 1, longitude: 2 } }, { location: { latitude: 1 } }],
		[
			'what is answered',
			{ type: 'text', text: { body: 'yes' }, context: { id: 'wamid.0' } },
			{ context: { id: 'wamid.0' } },
		],
		[
			'the advertisement that led here',
			{ type: 'text', text: { body: 'hi' }, referral: { source_id: '5' } },
			{ referral: { source_id: '5' } },
		],
		['why it is unsupported', { type: 'unsupported', errors: [{ code: 131051 }] }, { errors: [{ code: 131051 }] }],
	])('%s reaches the workflow', (_what, told, content) => {
		expect(readOne(message(told))).toMatchObject({ content });
	});

	test('an edit under the id of what it edits is no repetition of it', () => {
		const said = readOne(message({ text: { body: 'hello' } }));
		const edited = readOne(message({ type: 'edit', edit: { message: { type: 'text', text: { body: 'STOP' } } } }));
		expect(edited).not.toMatchObject({ providerEventId: (said as { providerEventId: string }).providerEventId });
	});
});

describe('statuses', () => {
	const status = (changes: object) => ({
		id: 'wamid.HBgL1',
		status: 'delivered',
		timestamp: '1750030073',
		recipient_id: '16505551234',
		...changes,
	});

	test('a status is read with our reference', () => {
		const pricing = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'marketing' };
		expect(readStatus(status({ biz_opaque_callback_data: 'job-7:part-1', pricing }))).toEqual({
			kind: 'status',
			providerEventId: 'wamid.HBgL1:delivered',
			channel: 'whatsapp',
			sender,
			providerMessageId: 'wamid.HBgL1',
			reference: 'job-7:part-1',
			recipientPhone: '+16505551234',
			recipientUserId: null,
			status: 'delivered',
			deliveredAs: 'whatsapp',
			at: 1750030073000,
			error: null,
		});
	});

	test.each([
		['sent', 'sent'],
		['delivered', 'delivered'],
		['read', 'read'],
		['played', 'read'],
		['failed', 'failed'],
	])('the status %s means %s and is an event of its own', (name, meaning) => {
		expect(readStatus(status({ status: name }))).toMatchObject({
			kind: 'status',
			status: meaning,
			providerEventId: `wamid.HBgL1:${name}`,
		});
	});

	test.each(['deleted', 'warning', 'toString'])('the status %s, which is not known, is kept as unknown', (name) => {
		expect(readStatus(status({ status: name }))).toMatchObject({ kind: 'unknown', description: `Status ${name}` });
	});

	test.each([
		[131049, 'failed'],
		[131050, 'optedOut'],
		['131050', 'optedOut'],
		[131026, 'failed'],
		[131048, 'stopSender'],
		[999_999, 'failed'],
	])('the error %j of a failed status is classed %s', (code, errorClass) => {
		const errors = [
			{
				code,
				title: 'Title',
				message: 'Message',
				error_data: { details: 'Details' },
				href: 'https://developers.facebook.com/',
			},
		];
		expect(readStatus(status({ status: 'failed', errors }))).toMatchObject({
			error: { class: errorClass, code: String(code), message: expect.stringContaining('Details') },
		});
	});

	test('a failed status without a readable error still fails the message', () => {
		for (const errors of [undefined, [], 'odd', [{ title: 'no code' }]]) {
			expect(readStatus(status({ status: 'failed', errors }))).toMatchObject({
				status: 'failed',
				error: { class: 'failed', code: 'none' },
			});
		}
	});

	test('a status for a person without a phone number, and one without our reference, are read', () => {
		expect(readStatus(status({ recipient_id: undefined, recipient_user_id: 'IT.123' }))).toMatchObject({
			recipientPhone: null,
			reference: null,
			status: 'delivered',
		});
	});

	test('a numeric timestamp is read as well', () => {
		expect(readStatus(status({ timestamp: 1750030073 }))).toMatchObject({ at: 1750030073000 });
	});
});

describe('preferences', () => {
	const preference = (changes: object) => ({
		wa_id: '16505551234',
		detail: 'User requested to stop marketing messages',
		category: 'marketing_messages',
		value: 'stop',
		timestamp: 1731705721,
		...changes,
	});
	const readPreference = (...elements: unknown[]) =>
		read(change({ contacts: [contact], user_preferences: elements }, 'user_preferences'));

	test.each(['stop', 'resume'])('Meta’s switch for marketing messages is read: %s', (value) => {
		expect(readPreference(preference({ value }))).toEqual([
			{
				kind: 'preference',
				providerEventId: expect.stringMatching(/^preference:[0-9a-f]{32}$/),
				channel: 'whatsapp',
				sender,
				from: { phone: '+16505551234', toldPhone: null, whatsAppUserId: 'US.13491208655302741918' },
				value,
				isMarketing: true,
				at: 1731705721000,
			},
		]);
	});

	test('each turn of the switch is an event of its own, the same turn delivered twice is one', () => {
		const turns = [
			preference({}),
			preference({ value: 'resume' }),
			preference({ timestamp: 1731705722 }),
			preference({ wa_id: '436601234567' }),
		];
		const ids = readPreference(...turns).map(({ providerEventId }) => providerEventId);
		expect(new Set(ids).size).toBe(4);
		expect(readPreference(...turns).map(({ providerEventId }) => providerEventId)).toEqual(ids);
		expect(ids.join()).not.toContain('16505551234');
	});

	test('a stop counts whatever it is about; what else is not understood is kept as unknown', () => {
		expect(readPreference(preference({ category: 'all_messages' }))).toMatchObject([
			{ kind: 'preference', value: 'stop', isMarketing: false },
		]);
		expect(
			readPreference(preference({ category: 'all_messages', value: 'resume' }), preference({ value: 'signup' })),
		).toMatchObject([{ kind: 'unknown' }, { kind: 'unknown' }]);
	});
});

describe('batches', () => {
	const good = (id: string) => message({ id, text: { body: id } });
	const status = { id: 'wamid.s', status: 'sent', timestamp: '1750030073' };

	test('every message and status of every change of every entry is read, in their order', () => {
		const events = readAll({
			object: 'whatsapp_business_account',
			entry: [
				{
					id: '1',
					changes: [
						change({ messages: [good('wamid.1'), good('wamid.2')] }),
						change({ messages: [good('wamid.3')], statuses: [status] }),
					],
				},
				{ id: '2', changes: [change({ statuses: [status, { ...status, status: 'read' }] })] },
			],
		});
		expect(events.map(({ providerEventId }) => providerEventId)).toEqual([
			'wamid.1',
			'wamid.2',
			'wamid.3',
			'wamid.s:sent',
			'wamid.s:sent',
			'wamid.s:read',
		]);
	});

	test.each<[string, unknown]>([
		['null', null],
		['a number', 7],
		['a text without body', message({ id: 'wamid.bad' })],
		['a body that is a list', message({ id: 'wamid.bad', text: { body: ['x'] } })],
		['no type', message({ id: 'wamid.bad', type: undefined })],
	])('a malformed message (%s) is kept as unknown and loses no other', (_what, malformed) => {
		const events = read(change({ messages: [good('wamid.1'), malformed, good('wamid.2')], statuses: [status] }));
		expect(events).toMatchObject([
			{ kind: 'message', providerEventId: 'wamid.1' },
			{ kind: 'unknown', providerEventId: expect.stringMatching(/^unknown:[0-9a-f]{32}$/) },
			{ kind: 'message', providerEventId: 'wamid.2' },
			{ kind: 'status', providerEventId: 'wamid.s:sent' },
		]);
	});

	test('malformed entries, changes, contacts and metadata lose nothing beside them', () => {
		const events = readAll({
			entry: [
				7,
				{ id: '1' },
				{
					id: '2',
					changes: [
						null,
						{ field: 1 },
						{ field: 'messages', value: { metadata: 3, contacts: [8, contact], messages: [good('wamid.1')] } },
					],
				},
			],
		});
		expect(events.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'message']);
		expect(events.at(-1)).toMatchObject({ sender: { providerSenderId: null, phone: null }, profileName: 'Sheena' });
	});

	test('something else in place of the list of messages loses no status', () => {
		expect(read(change({ messages: 'odd', statuses: [status] }))).toMatchObject([
			{ kind: 'unknown' },
			{ kind: 'status' },
		]);
	});

	test('a webhook field of no use is kept as unknown, with an id that stays and differs from others', () => {
		const fields = [
			change({ event: 'x' }, 'account_update'),
			change({ event: 'y' }, 'account_update'),
			change({}),
			{ field: 'security', value: null },
		];
		const events = read(...fields);
		expect(events).toMatchObject([
			{ kind: 'unknown', description: 'Webhook field account_update' },
			{ kind: 'unknown' },
			{ kind: 'unknown', description: 'Webhook field messages' },
			{ kind: 'unknown', description: 'Webhook field security' },
		]);
		expect(new Set(events.map(({ providerEventId }) => providerEventId)).size).toBe(4);
		expect(read(...fields)).toEqual(events);
	});

	test('a description says where an element is malformed and never with which value', () => {
		const [event] = read(change({ messages: [message({ text: { body: [16505551234] } })] }));
		expect(event).toMatchObject({ description: 'Malformed text message at text.body (invalid_union)' });
	});

	test('whatever stands between two messages, both are read and nothing is thrown', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (odd) => {
				const events = read(change({ messages: [good('wamid.1'), odd, good('wamid.2')] }));
				expect(events).toHaveLength(3);
				expect([events[0]?.providerEventId, events[2]?.providerEventId]).toEqual(['wamid.1', 'wamid.2']);
			}),
		);
	});

	test('any JSON is read without throwing, twice the same', () => {
		const anything = fc.jsonValue();
		const shaped = fc.record({
			entry: fc.array(
				fc.record({
					changes: fc.array(
						fc.record({
							field: fc.constantFrom('messages', 'user_preferences', 'x'),
							value: fc.dictionary(
								fc.constantFrom('messages', 'statuses', 'contacts', 'metadata', 'user_preferences'),
								anything,
							),
						}),
					),
				}),
			),
		});
		fc.assert(fc.property(fc.oneof(anything, shaped), (json) => expect(readAll(json)).toEqual(readAll(json))));
	});
});

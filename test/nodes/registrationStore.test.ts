import { enterHouse, type NodeHouse, smsSender, whatsAppSender } from './nodeHouse';
import { type NodeUnderTest, outputOf, resultOf, runWithBinary } from './runWorkflow';

let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
});

afterEach(async () => {
	await house.leave();
});

const operation = (resource: string, name: string, parameters: object = {}): NodeUnderTest => ({
	node: 'registrationStore',
	credentials: { optInStoreApi: house.storeCredential },
	parameters: { resource, operation: name, ...parameters },
});

const byPhone = (value: string) => ({ __rl: true, mode: 'phone', value });
const sender = byPhone(whatsAppSender);

/** Somebody writes to the company. */
const write = (text: string, from = '+393331234567') =>
	resultOf(operation('registration', 'applyMessage', { sender, from, text, messageId: `message ${Math.random()}` }));

describe('WhatsApp Registration Store, Registration', () => {
	it('registers whoever writes, and lets go who writes STOP', async () => {
		expect(await write('START')).toMatchObject({
			outcome: 'registered',
			registration: 'active',
			phone: '+393331234567',
		});
		expect(await write('STOP')).toMatchObject({ outcome: 'optedOut', registration: 'ended' });
	});

	it('applies the same message once', async () => {
		const message = operation('registration', 'applyMessage', {
			sender,
			from: '333 1234567',
			text: 'START',
			messageId: 'wamid.1',
		});
		expect(await resultOf(message)).toMatchObject({ repeated: false });
		expect(await resultOf(message)).toMatchObject({ repeated: true });
	});

	it('checks several numbers, an item for each, and says which is none', async () => {
		await write('START');
		const items = await outputOf(
			operation('registration', 'check', { sender, numbers: '333 1234567, +393331234568\n12' }),
		);
		expect(items.map(({ json }) => [json.phone, json.registered])).toEqual([
			['+393331234567', true],
			['+393331234568', false],
			[null, false],
		]);
		expect(items[2]?.json.error).toEqual(expect.any(String));
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }, { item: 0 }]);
	});

	it('asks for a number where there is none to check', async () => {
		await expect(resultOf(operation('registration', 'check', { sender, numbers: ' ' }))).rejects.toThrow(
			/no number to check/,
		);
	});

	it('gets the registration of one person', async () => {
		await write('START');
		expect(await resultOf(operation('registration', 'get', { sender, number: '333 1234567' }))).toMatchObject({
			state: 'active',
			phone: '+393331234567',
		});
	});

	it('gets many, page after page, by state and by part of the number', async () => {
		for (const last of ['1', '2', '3']) await write('START', `+39333123456${last}`);
		await write('STOP', '+393331234563');
		const phones = async (parameters: object) =>
			(await outputOf(operation('registration', 'getMany', parameters))).map(({ json }) => json.phone);
		expect(await phones({ returnAll: true })).toHaveLength(3);
		expect(await phones({ returnAll: false, limit: 2 })).toHaveLength(2);
		expect(await phones({ returnAll: true, filters: { state: 'ended' } })).toEqual(['+393331234563']);
		expect(await phones({ returnAll: true, filters: { search: '4562', sender } })).toEqual(['+393331234562']);
	});

	it('invites a person with a link that carries START and the code', async () => {
		await outputOf({
			node: 'contactGroup',
			credentials: { optInStoreApi: house.storeCredential },
			parameters: { resource: 'group', operation: 'createOrUpdate', shortcode: 'news' },
		});
		const item = await resultOf(
			operation('registration', 'invite', {
				sender,
				number: '333 1234567',
				group: { __rl: true, mode: 'shortcode', value: 'news' },
				options: { language: 'it', consentText: 'Yes', smsConsent: true, expiresInHours: 24 },
			}),
		);
		expect(item).toMatchObject({ outcome: 'invited', phone: '+393331234567', senderPhone: whatsAppSender });
		expect(item.link).toMatch(/^https:\/\/wa\.me\/390212345678\?text=START%20NEWS%20/);
	});

	it('registers by hand with a source, and refuses to against the person’s own word', async () => {
		expect(
			await resultOf(operation('registration', 'register', { sender, number: '333 1234567', source: 'Paper form' })),
		).toMatchObject({ state: 'active' });
		await expect(
			resultOf(operation('registration', 'register', { sender, number: '333 1234568', source: ' ' })),
		).rejects.toThrow(/where the consent comes from/);
		await write('STOP');
		await expect(
			resultOf(operation('registration', 'register', { sender, number: '333 1234567', source: 'Paper form' })),
		).rejects.toThrow(/opted out/);
	});

	it('revokes a registration, after which the person may come back', async () => {
		await write('START');
		expect(await resultOf(operation('registration', 'revoke', { sender, numbers: '333 1234567' }))).toMatchObject({
			state: 'ended',
		});
		expect(await write('Hello')).toMatchObject({ outcome: 'registered' });
	});

	it('revokes several at once, an item for each, and says which could not be', async () => {
		await write('START');
		await write('START', '+393331234568');
		const items = await outputOf(
			operation('registration', 'revoke', {
				sender,
				numbers: '333 1234567\n12, +393331234568',
				options: { country: 'IT' },
			}),
		);
		expect(items.map(({ json }) => [json.number, json.revoked, typeof json.error])).toEqual([
			['333 1234567', true, 'undefined'],
			['12', false, 'string'],
			['+393331234568', true, 'undefined'],
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }, { item: 0 }]);
		await expect(resultOf(operation('registration', 'revoke', { sender, numbers: '+393339999999' }))).rejects.toThrow(
			/no registration of \+39…99/,
		);
		await expect(resultOf(operation('registration', 'revoke', { sender, numbers: ' ' }))).rejects.toThrow(
			/no number to revoke/,
		);
	});

	it('lists with masked numbers, from a page token on, and revokes by the handle of such a list', async () => {
		for (const last of ['1', '2', '3']) await write('START', `+39333123456${last}`);
		const list = async (options: object) =>
			await outputOf(
				operation('registration', 'getMany', { returnAll: true, options: { maskNumbers: true, ...options } }),
			);
		const all = await list({});
		expect(all.map(({ json }) => json.phone)).toEqual(['+39…61', '+39…62', '+39…63']);
		const rest = await list({ pageToken: all[0]?.json.pageToken });
		expect(rest.map(({ json }) => json.phone)).toEqual(['+39…62', '+39…63']);
		await expect(list({ pageToken: 'nonsense' })).rejects.toThrow(/page token/);
		expect(
			await resultOf(operation('registration', 'revoke', { by: 'handle', handles: rest[0]?.json.handle })),
		).toMatchObject({ revoked: true, state: 'ended' });
		expect(
			await resultOf(operation('registration', 'revoke', { by: 'handle', handles: '1.1.aaaaaaaaaaaaaaaa' })),
		).toMatchObject({ revoked: false });
		const found = await outputOf(
			operation('registration', 'getMany', { returnAll: true, filters: { search: '333 123 4563', state: '' } }),
		);
		expect(found.map(({ json }) => json.phone)).toEqual(['+393331234563']);
	});

	it('counts the silent in a dry run, and ends them only without it', async () => {
		await write('START');
		await house.store.db.updateTable('registration').set({ since: 1, last_inbound_at: 1 }).execute();
		const end = async (dryRun: boolean) =>
			await resultOf(operation('registration', 'endSilent', { sender, months: 12, dryRun }));
		expect(await end(true)).toMatchObject({ silent: 1, ended: 0, active: 1, dryRun: true });
		expect(await end(false)).toMatchObject({ silent: 1, ended: 1, active: 0, dryRun: false });
		await expect(
			resultOf(operation('registration', 'endSilent', { sender, months: 0.5, dryRun: true })),
		).rejects.toThrow(/number of months/);
	});

	it('tells how much of the package is used', async () => {
		await write('START');
		await resultOf(
			operation('sender', 'createOrUpdate', {
				phone: whatsAppSender,
				provider: 'meta',
				sendsWhatsApp: true,
				options: { packageLimit: 3 },
			}),
		);
		expect(await resultOf(operation('registration', 'getUsage', { sender }))).toMatchObject({
			packageLimit: 3,
			free: 2,
			usedPercent: 33.3,
		});
		expect(await resultOf(operation('registration', 'getUsage', { sender }))).toMatchObject({
			active: 1,
			senderPhone: whatsAppSender,
		});
	});

	it('says that there are several senders where none is named', async () => {
		await outputOf(
			operation('sender', 'createOrUpdate', { phone: '+390299999999', provider: 'meta', sendsWhatsApp: true }),
		);
		await expect(resultOf(operation('registration', 'getUsage'))).rejects.toThrow(/several senders.*Say which one/);
	});
});

describe('WhatsApp Registration Store, Sender', () => {
	it('makes a sender, changes what is given, and keeps the rest', async () => {
		const save = (options: object) =>
			resultOf(
				operation('sender', 'createOrUpdate', {
					phone: '+390299999999',
					provider: 'meta',
					providerSenderId: '77',
					sendsWhatsApp: true,
					options,
				}),
			);
		expect(await save({ name: 'Shop', packageLimit: 10, policy: 'keywordOnly' })).toMatchObject({
			created: true,
			name: 'Shop',
			packageLimit: 10,
			policy: 'keywordOnly',
			sendsSms: false,
		});
		expect(await save({ ratePerSecond: 5 })).toMatchObject({
			created: false,
			name: 'Shop',
			packageLimit: 10,
			ratePerSecond: 5,
		});
		expect(await save({ packageLimit: 0 })).toMatchObject({ packageLimit: null });
	});

	it('replaces a number that changed, and lists who lost their registration', async () => {
		await write('START');
		const replaces = { __rl: true, mode: 'phone', value: whatsAppSender };
		const made = await resultOf(
			operation('sender', 'createOrUpdate', {
				phone: '+390299999999',
				provider: 'meta',
				providerSenderId: '77',
				sendsWhatsApp: true,
				options: { replaces },
			}),
		);
		expect(made).toMatchObject({ created: true, stoppedReason: null });
		await expect(resultOf(operation('registration', 'check', { sender, numbers: '+393331234567' }))).rejects.toThrow(
			/was replaced by \+390299999999/,
		);
		const lost = await outputOf(operation('registration', 'getMany', { returnAll: true, filters: { lost: true } }));
		expect(lost.map(({ json }) => [json.phone, json.senderPhone])).toEqual([['+393331234567', whatsAppSender]]);
	});

	it('lists the senders', async () => {
		const items = await outputOf(operation('sender', 'getMany', { returnAll: true }));
		expect(items.map(({ json }) => json.phone)).toEqual([whatsAppSender, smsSender]);
	});
});

describe('WhatsApp Registration Store, Consent', () => {
	it('exports what is recorded of a person', async () => {
		await write('START');
		const item = await resultOf(operation('consent', 'export', { number: '+393331234567' }));
		expect(item).toMatchObject({ phone: '+393331234567', valid: true });
		expect(item.records).not.toHaveLength(0);
	});

	it('erases a person for good, and says what n8n itself may still hold', async () => {
		await write('START');
		const item = await resultOf(operation('consent', 'erase', { number: '+393331234567' }));
		expect(item).toMatchObject({
			found: true,
			person: ['+39…67'],
			optOutKept: ['all'],
			n8nExecutions: { pruned: true, keptForHours: 336 },
		});
		expect(JSON.stringify(item)).not.toContain('1234567');
		await expect(resultOf(operation('consent', 'erase', { number: '333 1234567' }))).rejects.toThrow(
			/whole number.*international prefix/,
		);
		expect(await resultOf(operation('consent', 'verify'))).toMatchObject({ valid: true });
	});

	it('gives all opt-outs out as a file, and reads it back', async () => {
		await write('START');
		await write('STOP');
		const [exported] = await outputOf(
			operation('consent', 'exportOptOuts', { outputAs: 'file', binaryProperty: 'data' }),
		);
		expect(exported).toMatchObject({
			json: { count: 1 },
			binary: { data: { mimeType: 'application/x-ndjson' } },
			pairedItem: { item: 0 },
		});
		const back = operation('consent', 'importOptOuts', { readFrom: 'file', binaryProperty: 'data' });
		expect((await runWithBinary(back, exported?.binary)).json).toMatchObject({ read: 1, known: 1, complete: true });
	});

	it('gives all opt-outs out as items, and reads them back all at once', async () => {
		for (const last of ['1', '2']) await write('STOP', `+39333123456${last}`);
		const items = await outputOf(operation('consent', 'exportOptOuts', { outputAs: 'items' }));
		expect(items.map(({ json }) => json.phone)).toEqual(['+393331234561', '+393331234562']);
		const back = await outputOf(operation('consent', 'importOptOuts', { readFrom: 'items' }), [
			...items.map(({ json }) => json),
			{ phone: '+393331234569', scope: 'all', at: '2026-01-01T00:00:00Z' },
		]);
		expect(back.map(({ json }) => json)).toMatchObject([{ read: 3, known: 2, applied: 1 }]);
	});

	it('purges by kind and age, and refuses an age at which the store would forget what it needs', async () => {
		await write('START');
		expect(
			await resultOf(operation('consent', 'purge', { kind: 'inboundTexts', olderThanDays: 90, dryRun: true })),
		).toMatchObject({ count: 0, dryRun: true });
		await expect(resultOf(operation('consent', 'purge', { kind: 'messages', olderThanDays: 5 }))).rejects.toThrow(
			/at least 30 days/,
		);
	});

	it('lets messages be sent again after a restore only when an operator has said who they are and why', async () => {
		const block = { name: 'sendingBlocked', value: JSON.stringify({ reason: 'A test.', since: 1 }) };
		await house.store.transaction((db) => db.insertInto('setting').values(block).execute());
		expect(await resultOf(operation('consent', 'verify'))).toMatchObject({
			sendingBlocked: expect.stringContaining('Confirm Restore'),
		});
		const send: NodeUnderTest = {
			node: 'sendMessage',
			credentials: house.credentials,
			parameters: {
				resource: 'message',
				operation: 'send',
				channel: 'sms',
				sender: byPhone(smsSender),
				to: '+393331234567',
				purpose: 'service',
				contentType: 'text',
				text: 'Hi',
				body: 'Hi',
			},
		};
		await expect(resultOf(send)).rejects.toThrow(/Sending is blocked since.*Confirm Restore/);
		expect(house.requests).toEqual([]);
		await expect(
			resultOf(operation('consent', 'confirmRestore', { confirmedBy: ' ', reason: ' ', queued: 'giveUp' })),
		).rejects.toThrow(/Say who/);
		expect(
			await resultOf(operation('consent', 'confirmRestore', { confirmedBy: 'Anna', reason: 'Moved', queued: 'keep' })),
		).toMatchObject({ confirmed: true });
		expect(await resultOf(send)).toMatchObject({ state: 'accepted' });
	});

	it('verifies the ledger, and names the record that was changed', async () => {
		await write('START');
		expect(await resultOf(operation('consent', 'verify'))).toMatchObject({ valid: true });
		await house.store.transaction((db) => db.updateTable('consent_record').set({ at: 1 }).execute());
		const item = await resultOf(operation('consent', 'verify'));
		expect(item.valid).toBe(false);
		expect(item.broken).not.toHaveLength(0);
	});
});

describe('WhatsApp Registration Store as the tool of an AI agent', () => {
	it('reads', async () => {
		const items = await outputOf({ ...operation('sender', 'getMany', { returnAll: true }), asTool: true });
		expect(items).toHaveLength(2);
	});

	it.each([
		['registration', 'applyMessage', { sender, from: '+393331234567', text: 'START', messageId: '1' }],
		['registration', 'register', { sender, number: '+393331234567', source: 'The agent' }],
		['registration', 'revoke', { sender, numbers: '+393331234567' }],
		['registration', 'invite', { sender, number: '+393331234567' }],
		['registration', 'endSilent', { sender, months: 12, dryRun: false }],
		['sender', 'createOrUpdate', { phone: '+390299999999', provider: 'meta' }],
		['consent', 'confirmRestore', { confirmedBy: 'The agent', reason: 'none', queued: 'keep' }],
		['consent', 'erase', { number: '+393331234567' }],
		['consent', 'export', { number: '+393331234567' }],
		['consent', 'exportOptOuts', { outputAs: 'items' }],
		['consent', 'importOptOuts', { readFrom: 'items' }],
		['consent', 'purge', { kind: 'messages', olderThanDays: 30 }],
	])('changes nothing: %s, %s is refused', async (resource, name, parameters) => {
		await expect(resultOf({ ...operation(resource, name, parameters), asTool: true })).rejects.toThrow(
			/may read here, and change nothing/,
		);
	});
});

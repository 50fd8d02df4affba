import { InvalidInputError, NotFoundError } from '../../../domain/errors';
import { NO_LIMITS } from '../../../domain/invitationLimits';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { claimEvents } from '../../../services/handOver/claimedEvents';
import { invite, type InviteInput } from '../../../services/invitations/invite';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { checkRegistrations, revokeRegistration } from '../../../services/registrations/registrations';
import { createOrUpdateSender } from '../../../services/senders/senders';
import type { RegistrationPolicy } from '../../../store/schema';
import { consentTables, deliver, INBOX, message, PHONE, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const DAY_MS = 24 * 60 * 60_000;

describeStores('Inviting', (context) => {
	const setUp = async (policy: RegistrationPolicy = 'anyMessage') => {
		const { store } = context();
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			providerSenderId: '1066',
			sendsWhatsApp: true,
			sendsSms: false,
			policy,
			country: 'IT',
		});
		await createOrUpdateGroup(store, { shortcode: 'news' });
	};
	const inviteBy = async (input: Partial<InviteInput> = {}) => {
		const view = await invite(context().store, {
			sender: '',
			number: PHONE,
			origin: 'form',
			limits: NO_LIMITS,
			evidence: {},
			...input,
		});
		return { ...view, text: view.text ?? '', code: view.code ?? '', expiresAt: view.expiresAt ?? '' };
	};
	const inviteNews = (number = '333 1234567') =>
		inviteBy({ number, groups: ['news'], evidence: { formVersion: '3', address: '192.0.2.1' }, inbox: INBOX });

	it.each(['STOP', 'STOP NEWS'])('invites nobody who said %s by another number of their contact', async (word) => {
		const { store, clock } = context();
		await setUp();
		const other = '+393337654321';
		await createOrUpdateContact(store, { whatsAppNumber: PHONE, smsNumber: other });
		await deliver(store, message('START', { phone: other }));
		clock.advance(1_000);
		await deliver(store, message(word, { phone: other }));
		expect(await inviteBy({ origin: 'operator', groups: ['news'] })).toMatchObject({
			outcome: word === 'STOP' ? 'optedOut' : 'leftGroup',
			code: '',
		});
	});

	it.each(['333 1234567', '+39 333 1234567', '0039 333 1234567'])(
		'takes the number as "%s" and gives a link with START, the group and the code typed in',
		async (number) => {
			const { store } = context();
			await setUp();
			const invitation = await inviteNews(number);
			expect(invitation).toMatchObject({
				outcome: 'invited',
				phone: PHONE,
				senderPhone: SENDER_PHONE,
				group: 'news',
				text: `START NEWS ${invitation.code}`,
			});
			expect(invitation.link).toBe(`https://wa.me/390212345678?text=START%20NEWS%20${invitation.code}`);
			expect((await seen(store)).registrations).toEqual(['invited']);
			expect(await checkRegistrations(store, { sender: '', numbers: [number] })).toMatchObject([
				{ registered: false, state: 'invited', reason: 'not registered' },
			]);
			expect(await claimEvents(store, { inbox: INBOX, owner: 'one', limit: 10, leaseMs: 1_000 })).toMatchObject([
				{
					output: 'invited',
					json: {
						eventId: invitation.eventId,
						code: invitation.code,
						link: invitation.link,
						phone: PHONE,
						groupName: 'news',
					},
				},
			]);
		},
	);

	it('the company that invites a number again renews the invitation with its code', async () => {
		await setUp();
		const first = await inviteBy({ origin: 'operator' });
		context().clock.advance(DAY_MS);
		const second = await inviteBy({ origin: 'operator' });
		expect(second.code).toBe(first.code);
		expect(Date.parse(second.expiresAt) - Date.parse(first.expiresAt)).toBe(DAY_MS);
	});

	it.each([
		['nobody has invited', []],
		['filled in the form before', ['form']],
		['the company has invited', ['operator']],
		['said STOP', ['STOP']],
		['said STOP and was invited since', ['STOP', 'form']],
		['stopped SMS', ['STOP by SMS']],
		['is registered', ['START']],
	])('gives a fresh code to the form each time it is filled in for who %s', async (_, past) => {
		const { store, clock } = context();
		await setUp();
		const codes = new Set<string>();
		for (const step of past) {
			if (step === 'form' || step === 'operator') codes.add((await inviteBy({ origin: step })).code);
			else if (step === 'STOP by SMS')
				await deliver(store, message('STOP', { channel: 'sms', senderPhone: '+393200000001' }));
			else await deliver(store, message(step));
			clock.advance(1_000);
		}
		const before = codes.size;
		for (let round = 0; round < 3; round++) {
			const { code, link } = await inviteNews();
			expect(link).toContain(code);
			codes.add(code);
		}
		expect(codes.size).toBe(before + 3);
	});

	it.each([0, 1, 2])(
		'takes what was typed with the very code that is answered: number %s of three',
		async (answered) => {
			const { store, clock } = context();
			await setUp();
			const names = ['Anna', 'Berta', 'Carla'];
			const texts: string[] = [];
			for (const name of names) {
				texts.push((await inviteBy({ personFields: { name }, groups: name === 'Carla' ? ['news'] : [] })).text);
				clock.advance(1_000);
			}
			await deliver(store, message(texts[answered] ?? ''));
			expect(await seen(store)).toMatchObject({
				registrations: ['active'],
				contacts: [{ name: names[answered] }],
				groups: answered === 2 ? ['news'] : [],
			});
			expect(await store.db.selectFrom('invitation').select(['state', 'person_fields']).distinct().execute()).toEqual([
				{ state: 'used', person_fields: null },
			]);
		},
	);

	it('keeps every code of a number good when another number sends one of them', async () => {
		const { store, clock } = context();
		await setUp('keywordOrInvitation');
		const first = await inviteBy({ personFields: { name: 'Anna' } });
		await inviteNews();
		clock.advance(1_000);
		await deliver(store, message(first.text, { phone: '+393337654321' }));
		expect(await store.db.selectFrom('invitation').select('state').execute()).toEqual([
			{ state: 'pending' },
			{ state: 'pending' },
		]);
		await deliver(store, message(first.text));
		expect(await seen(store)).toMatchObject({ registrations: ['active'], contacts: [{ name: 'Anna' }] });
	});

	it('closes what ran out unanswered when the form is filled in anew', async () => {
		const { store, clock } = context();
		await setUp();
		await inviteNews();
		clock.advance(8 * DAY_MS);
		await inviteNews();
		expect(await store.db.selectFrom('invitation').select('state').orderBy('id').execute()).toEqual([
			{ state: 'expired' },
			{ state: 'pending' },
		]);
	});

	it('finds the invitation by its code even when no phone number arrives, and registers whoever wrote', async () => {
		const { store } = context();
		await setUp('keywordOrInvitation');
		const { text, invitationId } = await inviteNews();
		await deliver(store, message(text, { phone: null, whatsAppUserId: 'IT.123' }));
		const invitations = await store.db.selectFrom('invitation').selectAll().execute();
		expect(invitations).toMatchObject([{ id: invitationId, state: 'used' }]);
		const rows = await store.db
			.selectFrom('registration')
			.innerJoin('identity', 'identity.id', 'identity_id')
			.select(['phone', 'whatsapp_user_id', 'state'])
			.orderBy('state')
			.execute();
		expect(rows).toEqual([
			{ phone: null, whatsapp_user_id: 'IT.123', state: 'active' },
			// A code shows that somebody saw the page, not that this number is theirs: nobody else's number is registered by it.
			{ phone: PHONE, whatsapp_user_id: null, state: 'invited' },
		]);
		const [, started] = await claimEvents(store, { inbox: INBOX, owner: 'one', limit: 10, leaseMs: 1_000 });
		expect(started).toMatchObject({ output: 'optIn', json: { outcome: 'registered', invitationId, group: 'news' } });
	});

	it('puts a person without a phone number into the group as soon as their number is known', async () => {
		const { store, clock } = context();
		await setUp();
		const { text } = await inviteNews();
		await deliver(store, message(text, { phone: null, whatsAppUserId: 'IT.123' }));
		clock.advance(1_000);
		await deliver(store, message('hello', { whatsAppUserId: 'IT.123', profileName: 'Anna' }));
		expect(await seen(store)).toMatchObject({
			registrations: ['active'],
			groups: ['news'],
			contacts: [{ name: 'Anna', whatsapp_number: PHONE }],
		});
	});

	it.each([
		['keywordOrInvitation', 'Hi, I am Anna', 'active'],
		['keywordOnly', 'Hi, I am Anna', 'invited'],
		['keywordOnly', 'START', 'active'],
	] as const)('under the policy %s lets the invited person register by "%s": %s', async (policy, text, expected) => {
		const { store, clock } = context();
		await setUp(policy);
		await inviteNews();
		clock.advance(1_000);
		await deliver(store, message(text));
		const person = await seen(store);
		expect(person.registrations).toEqual([expected]);
		// The group was ticked on a form, where anybody can type anybody's number: it counts with the code.
		expect(person.groups).toEqual([]);
	});

	it('invites nobody by an expired invitation, nor by one given before a STOP', async () => {
		const { store, clock } = context();
		await setUp('keywordOrInvitation');
		await inviteNews();
		clock.advance(8 * DAY_MS);
		await deliver(store, message('hello'));
		expect((await seen(store)).registrations).toEqual(['invited']);
		await inviteNews();
		clock.advance(1_000);
		await deliver(store, message('STOP'));
		clock.advance(2 * DAY_MS);
		await deliver(store, message('hello'));
		expect((await seen(store)).registrations).toEqual(['ended']);
	});

	it('is no opt-in: who said STOP stays opted out', async () => {
		const { store, clock } = context();
		await setUp();
		await deliver(store, message('STOP'));
		clock.advance(1_000);
		expect(await inviteNews()).toMatchObject({ outcome: 'invited' });
		expect(await seen(store)).toMatchObject({ words: { all: 'out' } });
		expect(await checkRegistrations(store, { sender: '', numbers: [PHONE] })).toMatchObject([
			{ registered: false, reason: 'opted out' },
		]);
	});

	it('tells apart who is registered already, and hands nothing over', async () => {
		const { store } = context();
		await setUp();
		await deliver(store, message('START'));
		expect(await inviteNews()).toMatchObject({ outcome: 'alreadyRegistered', eventId: null });
		expect((await seen(store)).registrations).toEqual(['active']);
	});

	it.each([
		['registered', ['START'], 'alreadyRegistered'],
		['opted out', ['STOP'], 'optedOut'],
		['left the group', ['STOP news'], 'leftGroup'],
	])('refuses the company who has %s, with its reason and without a trace', async (_, texts, outcome) => {
		const { store, clock } = context();
		await setUp();
		for (const text of texts) await deliver(store, message(text));
		clock.advance(1_000);
		const before = await consentTables(store);
		const refused = await inviteBy({ origin: 'operator', groups: ['news'], inbox: INBOX });
		expect(refused).toMatchObject({
			outcome,
			invitationId: null,
			link: null,
			eventId: null,
			phone: PHONE,
			reason: expect.any(String) as string,
		});
		expect(await consentTables(store)).toEqual(before);
		expect(await store.db.selectFrom('invitation').selectAll().execute()).toEqual([]);
	});

	it('refuses the company who is on the waiting list, and invites who was let go by hand', async () => {
		const { store } = context();
		await setUp();
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			packageLimit: 0,
		});
		await deliver(store, message('START'));
		expect(await inviteBy({ origin: 'operator' })).toMatchObject({ outcome: 'onWaitingList' });
		await revokeRegistration(store, { sender: '', number: PHONE });
		expect(await inviteBy({ origin: 'operator' })).toMatchObject({ outcome: 'invited' });
	});

	it('sends no SMS to who stopped SMS, whoever asks: the company is told, a stranger at the form is not', async () => {
		const { store, clock } = context();
		await setUp();
		await deliver(store, message('STOP', { channel: 'sms', senderPhone: '+393200000001' }));
		clock.advance(1_000);
		expect(await inviteBy({ origin: 'operator', inbox: INBOX })).toMatchObject({
			outcome: 'smsOptedOut',
			invitationId: null,
		});
		expect(await inviteNews()).toMatchObject({
			outcome: 'smsOptedOut',
			link: expect.stringContaining('wa.me') as string,
			eventId: null,
		});
		expect(await claimEvents(store, { inbox: INBOX, owner: 'one', limit: 10, leaseMs: 1_000 })).toMatchObject([
			{ output: 'optOut' },
		]);
	});

	it('gives the SMS to who said STOP and now fills in the form themselves', async () => {
		const { store, clock } = context();
		await setUp();
		await deliver(store, message('STOP'));
		clock.advance(1_000);
		const invitation = await inviteNews();
		expect(invitation).toMatchObject({ outcome: 'invited', eventId: expect.any(Number) as number });
		clock.advance(1_000);
		await deliver(store, message(invitation.text));
		expect(await seen(store)).toMatchObject({ registrations: ['active'], words: { all: 'in' }, groups: ['news'] });
	});

	it('joins all groups of the invitation by its code, only the named one without it, and never one the person left', async () => {
		const { store, clock } = context();
		await setUp();
		for (const shortcode of ['recipes', 'events', 'sport']) await createOrUpdateGroup(store, { shortcode });
		await deliver(store, message('STOP events'));
		clock.advance(1_000);
		const groups = ['news', 'recipes', 'events'];
		const invitation = await inviteBy({ groups });
		expect(invitation).toMatchObject({ group: 'news', groups, text: `START NEWS ${invitation.code}` });
		clock.advance(1_000);
		await deliver(store, message(invitation.text));
		expect((await seen(store)).groups).toEqual(['news', 'recipes']);

		const other = '+393331234560';
		const { text } = await inviteBy({ number: other, groups });
		clock.advance(1_000);
		await deliver(store, message('START SPORT', { phone: other }));
		expect((await seen(store, other)).groups).toEqual(['sport']);
		await inviteBy({ number: '+393331234561', groups });
		await deliver(store, message('START NEWS', { phone: '+393331234561' }));
		expect((await seen(store, '+393331234561')).groups).toEqual(['news']);
		// Used up: the code is that of an invitation answered.
		clock.advance(1_000);
		await deliver(store, message(text, { phone: other }));
		expect((await seen(store, other)).groups).toEqual(['news', 'sport']);
	});

	it('keeps what the person typed until they register, then gives it to their contact, with the number as SMS number', async () => {
		const { store, clock } = context();
		await setUp();
		const invitation = await inviteBy({
			language: 'it',
			evidence: { smsConsent: true },
			personFields: { name: 'Anna', fields: { email: 'anna@example.com', shop: 'Meran' } },
		});
		expect((await seen(store)).contacts).toEqual([]);
		clock.advance(1_000);
		await deliver(store, message(invitation.text));
		const [contact] = (await seen(store)).contacts;
		expect(contact).toMatchObject({
			name: 'Anna',
			language: 'it',
			sms_number: PHONE,
			whatsapp_number: PHONE,
			sms_consent_source: 'form',
		});
		expect(JSON.parse(contact?.fields ?? '')).toEqual({ email: 'anna@example.com', shop: 'Meran' });
		expect(await store.db.selectFrom('invitation').select(['person_fields', 'state']).execute()).toEqual([
			{ person_fields: null, state: 'used' },
		]);
	});

	it('completes the contact there is and changes nothing that is filled', async () => {
		const { store, clock } = context();
		await setUp();
		await createOrUpdateContact(store, { smsNumber: PHONE, name: 'A. Holzner', fields: { shop: 'Bozen' } });
		const invitation = await inviteBy({
			personFields: { name: 'Anna', language: 'de', fields: { shop: 'Meran', email: 'anna@example.com' } },
		});
		clock.advance(1_000);
		await deliver(store, message(invitation.text));
		const { contacts } = await seen(store);
		expect(contacts).toMatchObject([
			{ name: 'A. Holzner', language: 'de', sms_number: PHONE, whatsapp_number: PHONE, sms_consent_at: null },
		]);
		expect(JSON.parse(contacts[0]?.fields ?? '')).toEqual({ shop: 'Bozen', email: 'anna@example.com' });
	});

	it('leaves the SMS number with the contact that has it', async () => {
		const { store, clock } = context();
		await setUp();
		await createOrUpdateContact(store, { whatsAppNumber: PHONE });
		await createOrUpdateContact(store, { smsNumber: PHONE, whatsAppNumber: '+393338888888' });
		const invitation = await inviteBy({ personFields: { name: 'Anna' } });
		clock.advance(1_000);
		await deliver(store, message(invitation.text));
		expect((await seen(store)).contacts.sort((one, other) => one.id - other.id)).toMatchObject([
			{ name: 'Anna', whatsapp_number: PHONE, sms_number: null },
			{ name: null, whatsapp_number: '+393338888888', sms_number: PHONE },
		]);
	});

	it('gives neither the number typed nor its SMS consent to whoever answers from another number', async () => {
		const { store, clock } = context();
		await setUp();
		const invitation = await inviteNews();
		const other = '+393331234560';
		clock.advance(1_000);
		await deliver(store, message(invitation.text, { phone: other }));
		expect((await seen(store, other)).contacts).toMatchObject([
			{ whatsapp_number: other, sms_number: null, sms_consent_at: null },
		]);
		expect(await seen(store)).toMatchObject({ registrations: ['invited'], contacts: [] });
	});

	it('fills the contact of a person without a phone number as soon as their number is known', async () => {
		const { store, clock } = context();
		await setUp();
		const { text } = await inviteBy({ personFields: { name: 'Anna', fields: { shop: 'Meran' } } });
		clock.advance(1_000);
		await deliver(store, message(text, { phone: null, whatsAppUserId: 'IT.123' }));
		clock.advance(1_000);
		await deliver(store, message('hello', { whatsAppUserId: 'IT.123' }));
		const [contact] = (await seen(store)).contacts;
		expect(contact).toMatchObject({
			name: 'Anna',
			whatsapp_number: PHONE,
			sms_number: PHONE,
			fields: '{"shop":"Meran"}',
		});
		expect(await store.db.selectFrom('invitation').select('person_fields').execute()).toEqual([
			{ person_fields: null },
		]);
	});

	it('records no SMS consent against an opt-out on the word of whoever typed the number, but when they answer from it', async () => {
		const { store, clock } = context();
		await setUp();
		await deliver(store, message('STOP'));
		clock.advance(1_000);
		const { text } = await inviteBy({ evidence: { smsConsent: true } });
		expect((await seen(store)).contacts).toEqual([]);
		clock.advance(1_000);
		await deliver(store, message(text));
		expect((await seen(store)).contacts).toMatchObject([{ sms_number: PHONE, sms_consent_source: 'form' }]);
	});

	it('keeps what the person said on the form when the company invites them once more, and forgets it when it has expired', async () => {
		const { store, clock } = context();
		await setUp();
		const first = await inviteBy({ groups: ['news'], personFields: { name: 'Anna' }, evidence: { formVersion: '3' } });
		clock.advance(DAY_MS);
		const second = await inviteBy({ origin: 'operator' });
		expect(second.code).toBe(first.code);
		const held = () =>
			store.db
				.selectFrom('invitation')
				.select(['origin', 'person_fields', 'group_id', 'evidence', 'expires_at'])
				.orderBy('id')
				.executeTakeFirstOrThrow();
		expect(await held()).toMatchObject({
			origin: 'form',
			person_fields: '{"name":"Anna"}',
			group_id: expect.any(Number) as number,
			expires_at: clock.time + 7 * DAY_MS,
		});
		expect(JSON.parse((await held()).evidence)).toMatchObject({ formVersion: '3' });
		clock.advance(8 * DAY_MS);
		await inviteBy({ number: '+393331234560' });
		expect((await held()).person_fields).toBeNull();
	});

	it('names who asked in the ledger: the person on the form, or the company', async () => {
		const { store } = context();
		await setUp();
		await inviteBy();
		await inviteBy({ number: '+393331234560', origin: 'operator' });
		const { records } = await consentTables(store);
		expect(records.map(({ details }) => (JSON.parse(details ?? '{}') as { source: string }).source)).toEqual([
			'form',
			'operator',
		]);
	});

	it('records consent to SMS only where the form asked for it, and only once that number has answered with the code', async () => {
		const { store, clock } = context();
		await setUp();
		const { text } = await inviteBy({ evidence: { smsConsent: true } });
		expect((await seen(store)).contacts).toEqual([]);
		clock.advance(1_000);
		await deliver(store, message(text));
		expect((await seen(store)).contacts).toMatchObject([
			{ sms_number: PHONE, whatsapp_number: PHONE, sms_consent_source: 'form' },
		]);
	});

	it('gives nothing that a stranger typed to who writes without the code, nor to the account that sends it', async () => {
		const { store, clock } = context();
		await setUp();
		const { text } = await inviteBy({
			groups: ['news'],
			evidence: { smsConsent: true },
			personFields: { name: 'Your prize', fields: { shop: 'x' } },
		});
		clock.advance(1_000);
		const stranger = '+393337654321';
		await deliver(store, message(`START ${text.split(' ').at(-1)}`, { phone: stranger }));
		expect(await seen(store, stranger)).toMatchObject({ groups: [], contacts: [{ name: null, sms_consent_at: null }] });
		// The stranger's answer has not used it up: the number decides.
		await deliver(store, message('hello', { profileName: 'Anna' }));
		expect(await seen(store)).toMatchObject({
			registrations: ['active'],
			groups: [],
			contacts: [{ name: 'Anna', fields: '{}', sms_consent_at: null }],
		});
	});

	it.each(['your prize waits at https://prize.example', 'www.prize.example', 'prize.shop/now', 'anna@example.com'])(
		'takes no name that holds a link: %s',
		async (name) => {
			const { store, clock } = context();
			await setUp();
			const { text } = await inviteBy({ personFields: { name } });
			clock.advance(1_000);
			await deliver(store, message(text));
			expect((await seen(store)).contacts).toMatchObject([{ name: null }]);
		},
	);

	it('keeps what the person was shown as evidence in the ledger', async () => {
		const { store } = context();
		await setUp();
		await inviteNews();
		const { records } = await consentTables(store);
		expect(JSON.parse(records[0]?.details ?? '{}')).toMatchObject({
			action: 'invited',
			source: 'form',
			phone: PHONE,
			evidence: { formVersion: '3', address: '192.0.2.1' },
		});
	});

	it('leaves nothing half written where number, group or sender are wrong', async () => {
		const { store } = context();
		await setUp();
		await expect(inviteNews('12')).rejects.toThrow(InvalidInputError);
		await expect(inviteBy({ groups: ['nowhere'] })).rejects.toThrow(NotFoundError);
		await expect(inviteBy({ sender: '+39061234567' })).rejects.toThrow(NotFoundError);
		const { events, registrations, records } = await consentTables(store);
		expect([events, registrations, records]).toEqual([[], [], []]);
		expect(await store.db.selectFrom('identity').selectAll().execute()).toEqual([]);
	});

	it('the company that invites a number several times at once makes one invitation', async () => {
		const { store } = context();
		await setUp();
		const codes = await Promise.all(Array.from({ length: 5 }, () => inviteBy({ origin: 'operator' })));
		expect(new Set(codes.map(({ code }) => code)).size).toBe(1);
		expect(await store.db.selectFrom('invitation').selectAll().execute()).toHaveLength(1);
	});
});

import { InvalidInputError, NotFoundError } from '../../domain/errors';
import { NO_LIMITS } from '../../domain/invitationLimits';
import { createOrUpdateGroup } from '../../services/groups';
import { claimEvents } from '../../services/handOver';
import { invite, type InviteInput } from '../../services/invite';
import { checkRegistrations } from '../../services/registrations';
import { createOrUpdateSender } from '../../services/senders';
import type { RegistrationPolicy } from '../../store/schema';
import { consentTables, deliver, INBOX, message, PHONE, seen, SENDER_PHONE } from '../support/inbound';
import { describeStores } from '../support/stores';

const DAY_MS = 24 * 60 * 60_000;

describeStores('Inviting', (context) => {
	const setUp = async (policy: RegistrationPolicy = 'anyMessage') => {
		const { store } = context();
		await createOrUpdateSender(store, { phone: SENDER_PHONE, provider: 'meta', providerSenderId: '1066', sendsWhatsApp: true, sendsSms: false, policy, country: 'IT' });
		await createOrUpdateGroup(store, { shortcode: 'news' });
	};
	const inviteBy = async (input: Partial<InviteInput> = {}) => {
		const view = await invite(context().store, { sender: '', number: PHONE, origin: 'form', limits: NO_LIMITS, evidence: {}, ...input });
		return { ...view, text: view.text ?? '', code: view.code ?? '', expiresAt: view.expiresAt ?? '' };
	};
	const inviteNews = (number = '333 1234567') => inviteBy({ number, groups: ['news'], evidence: { formVersion: '3', address: '192.0.2.1' }, inbox: INBOX });

	it.each(['333 1234567', '+39 333 1234567', '0039 333 1234567'])('takes the number as "%s" and gives a link with START, the group and the code typed in', async (number) => {
		const { store } = context();
		await setUp();
		const invitation = await inviteNews(number);
		expect(invitation).toMatchObject({ outcome: 'invited', phone: PHONE, senderPhone: SENDER_PHONE, group: 'news', text: `START NEWS ${invitation.code}` });
		expect(invitation.link).toBe(`https://wa.me/390212345678?text=START%20NEWS%20${invitation.code}`);
		expect((await seen(store)).registrations).toEqual(['invited']);
		expect(await checkRegistrations(store, { sender: '', numbers: [number] })).toMatchObject([{ registered: false, state: 'invited', reason: 'not registered' }]);
		expect(await claimEvents(store, { inbox: INBOX, owner: 'one', limit: 10, leaseMs: 1_000 })).toMatchObject([
			{ output: 'invited', json: { eventId: invitation.eventId, code: invitation.code, link: invitation.link, phone: PHONE, groupName: 'news' } },
		]);
	});

	it('the same number again renews the invitation with the same code', async () => {
		await setUp();
		const first = await inviteNews();
		context().clock.advance(DAY_MS);
		const second = await inviteNews('+39 333 1234567');
		expect(second.code).toBe(first.code);
		expect(Date.parse(second.expiresAt) - Date.parse(first.expiresAt)).toBe(DAY_MS);
	});

	it('finds the invitation by its code even when no phone number arrives, and registers whoever wrote', async () => {
		const { store } = context();
		await setUp('keywordOrInvitation');
		const { text, invitationId } = await inviteNews();
		await deliver(store, message(text, { phone: null, whatsAppUserId: 'IT.123' }));
		const invitations = await store.db.selectFrom('invitation').selectAll().execute();
		expect(invitations).toMatchObject([{ id: invitationId, state: 'used' }]);
		const rows = await store.db.selectFrom('registration').innerJoin('identity', 'identity.id', 'identity_id').select(['phone', 'whatsapp_user_id', 'state']).orderBy('state').execute();
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
		expect(await seen(store)).toMatchObject({ registrations: ['active'], groups: ['news'], contacts: [{ name: 'Anna', whatsapp_number: PHONE }] });
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
		expect(person.groups).toEqual(expected === 'active' ? ['news'] : []);
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
		expect(await checkRegistrations(store, { sender: '', numbers: [PHONE] })).toMatchObject([{ registered: false, reason: 'opted out' }]);
	});

	it('tells apart who is registered already, and hands nothing over', async () => {
		const { store } = context();
		await setUp();
		await deliver(store, message('START'));
		expect(await inviteNews()).toMatchObject({ outcome: 'alreadyRegistered', eventId: null });
		expect((await seen(store)).registrations).toEqual(['active']);
	});

	it('records consent to SMS only where the form asked for it', async () => {
		const { store } = context();
		await setUp();
		await inviteNews();
		expect((await seen(store)).contacts).toEqual([]);
		await inviteBy({ evidence: { smsConsent: true } });
		expect((await seen(store)).contacts).toMatchObject([{ sms_number: PHONE, whatsapp_number: null, sms_consent_source: 'form' }]);
	});

	it('keeps what the person was shown as evidence in the ledger', async () => {
		const { store } = context();
		await setUp();
		await inviteNews();
		const { records } = await consentTables(store);
		expect(JSON.parse(records[0]?.details ?? '{}')).toMatchObject({ action: 'invited', source: 'form', phone: PHONE, evidence: { formVersion: '3', address: '192.0.2.1' } });
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

	it('the same number several times at once makes one invitation', async () => {
		const { store } = context();
		await setUp();
		const codes = await Promise.all(Array.from({ length: 5 }, () => inviteNews()));
		expect(new Set(codes.map(({ code }) => code)).size).toBe(1);
		expect(await store.db.selectFrom('invitation').selectAll().execute()).toHaveLength(1);
	});
});

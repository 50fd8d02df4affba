import { NotFoundError } from '../../../domain/errors';
import { FORM_LIMITS, NO_LIMITS } from '../../../domain/invitationLimits';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import type { FormSettings } from '../../../services/optInForm/settings';
import { showForm, submitForm } from '../../../services/optInForm/submitForm';
import { FORM_TEXTS } from '../../../services/optInForm/texts';
import { applyMessage } from '../../../services/registrations/registrations';
import { createOrUpdateSender } from '../../../services/senders/senders';
import type { Store } from '../../../store/store';
import { deliver, message } from '../../support/inbound';
import { readMarkup } from '../../support/markup';
import { describeStores } from '../../support/stores';

const settings: FormSettings = {
	sender: '',
	group: 'news',
	groupQuestion: '',
	language: 'en',
	title: '',
	text: '',
	button: '',
	consentText: 'I agree to news by WhatsApp.',
	consentVersion: '7',
	consentCoversSms: false,
	privacyUrl: '',
	country: '',
	groups: [],
	fields: [],
	colour: '',
	background: '',
	theme: 'auto',
	layout: 'card',
	logo: '',
	limits: FORM_LIMITS,
	countries: '',
};
const visitor = { address: '203.0.113.9', userAgent: 'Mozilla/5.0', inbox: 'workflow/form' };
const filled = { phone: '333 1234567', consent: 'yes' };

async function prepare(store: Store): Promise<void> {
	await createOrUpdateSender(store, { phone: '+390212345678', provider: 'meta', sendsWhatsApp: true, sendsSms: false });
	await createOrUpdateGroup(store, { shortcode: 'news', name: 'News' });
}

const invitations = async (store: Store) => await store.db.selectFrom('invitation').selectAll().execute();
const invitedEvents = async (store: Store) =>
	await store.db.selectFrom('event').selectAll().where('output', '=', 'invited').execute();
const phones = async (store: Store) =>
	(await store.db.selectFrom('identity').select('phone').execute()).map(({ phone }) => phone);

describeStores('The opt-in form', (context) => {
	it.each(['333 1234567', '+39 333 123 4567', '0039 333 1234567', '(333) 123-4567', '３３３ １２３４５６７'])(
		'takes a number as people type it: %s',
		async (phone) => {
			const { store } = context();
			await prepare(store);
			const answer = await submitForm(store, settings, { ...visitor, fields: { ...filled, phone } });
			expect(answer.status).toBe(200);
			expect(await phones(store)).toEqual(['+393331234567']);
		},
	);

	it('makes an invitation and ends on a page with number, link, group, code and QR code', async () => {
		const { store } = context();
		await prepare(store);
		const answer = await submitForm(store, settings, { ...visitor, fields: filled });
		const [invitation] = await invitations(store);
		expect(answer.invited).toBe(true);
		expect(answer.html).toContain(`https://wa.me/390212345678?text=START%20NEWS%20${invitation?.code}`);
		expect(answer.html).toContain(`START NEWS ${invitation?.code}`);
		expect(answer.html).toContain('+39 02 1234 5678');
		expect(answer.html).toContain('<svg role="img"');
	});

	it('keeps what was agreed to, in which version, from where and with what', async () => {
		const { store } = context();
		await prepare(store);
		await submitForm(store, settings, { ...visitor, fields: filled });
		const [invitation] = await invitations(store);
		const evidence = JSON.parse(invitation?.evidence ?? '{}') as object;
		expect(evidence).toMatchObject({
			consentText: 'I agree to news by WhatsApp.',
			formVersion: '7',
			address: '203.0.113.9',
			userAgent: 'Mozilla/5.0',
		});
	});

	it('leaves an event for the workflow that sends the SMS', async () => {
		const { store } = context();
		await prepare(store);
		await submitForm(store, settings, { ...visitor, fields: filled });
		expect(await invitedEvents(store)).toMatchObject([{ inbox: 'workflow/form', taken_at: null }]);
	});

	it('records consent to SMS only where the consent text covers it', async () => {
		const { store } = context();
		await prepare(store);
		await submitForm(store, settings, { ...visitor, fields: filled });
		const smsConsents = () =>
			store.db.selectFrom('contact').select('sms_consent_source').where('sms_consent_source', 'is not', null).execute();
		expect(await smsConsents()).toEqual([]);
		await submitForm(
			store,
			{ ...settings, consentCoversSms: true },
			{ ...visitor, fields: { ...filled, phone: '333 7654321' } },
		);
		// Anybody can type anybody's number: it counts once that number has answered with the code.
		expect(await smsConsents()).toEqual([]);
		const [invitation] = await store.db.selectFrom('invitation').select('code').orderBy('id', 'desc').execute();
		await deliver(store, message(`START ${invitation?.code}`, { phone: '+393337654321' }));
		expect(await smsConsents()).toEqual([{ sms_consent_source: 'form' }]);
	});

	it.each([
		['no number', { consent: 'yes' }, 'phoneMissing'],
		['letters', { phone: 'my phone', consent: 'yes' }, 'phoneWrong'],
		['too few digits', { phone: '12', consent: 'yes' }, 'phoneWrong'],
		['a landline', { phone: '02 12345678', consent: 'yes' }, 'phoneNotMobile'],
		['100,000 characters', { phone: '3'.repeat(100_000), consent: 'yes' }, 'phoneWrong'],
		['emoji', { phone: '🙂🙂🙂', consent: 'yes' }, 'phoneWrong'],
		['no consent', { phone: '333 1234567' }, 'consentMissing'],
		['a consent that says no', { phone: '333 1234567', consent: 'false' }, 'consentMissing'],
		['something that is no text', { phone: { a: 1 }, consent: ['yes'] }, 'phoneMissing'],
	] as const)('shows the form again and keeps nothing after %s', async (_, fields, error) => {
		const { store } = context();
		await prepare(store);
		const answer = await submitForm(store, settings, { ...visitor, fields });
		expect(answer).toMatchObject({ status: 422, invited: false });
		expect(answer.html).toContain(FORM_TEXTS.en[error]);
		expect(answer.html.length).toBeLessThan(12_000);
		expect(await phones(store)).toEqual([]);
		expect(await invitedEvents(store)).toEqual([]);
	});

	it('invites nobody for a robot, and gives it a page like any other', async () => {
		const { store } = context();
		await prepare(store);
		const answer = await submitForm(store, settings, {
			...visitor,
			fields: { ...filled, website: 'https://spam.example' },
		});
		expect(answer).toMatchObject({ status: 200, invited: false });
		expect(answer.html).toContain(FORM_TEXTS.en.lastStep);
		expect(await phones(store)).toEqual([]);
	});

	it('joins the group only if it is ticked, where the form asks', async () => {
		const { store } = context();
		await prepare(store);
		const asking = { ...settings, groupQuestion: 'The weekly recipe too' };
		const without = await submitForm(store, asking, { ...visitor, fields: filled });
		expect(without.html).not.toContain('START NEWS');
		const ticked = await submitForm(store, asking, {
			...visitor,
			fields: { ...filled, phone: '333 7654321', group: 'on' },
		});
		expect(ticked.html).toContain('START NEWS');
	});

	it('offers several groups to tick by name or label, and joins all that were ticked, whatever else is sent', async () => {
		const { store } = context();
		await prepare(store);
		await createOrUpdateGroup(store, { shortcode: 'recipes', name: 'Recipes' });
		await createOrUpdateGroup(store, { shortcode: 'events', name: 'Events' });
		await createOrUpdateGroup(store, { shortcode: 'secret', name: 'Secret' });
		const several = {
			...settings,
			groups: [
				{ group: 'recipes', label: '' },
				{ group: 'events', label: 'What is on' },
			],
		};
		const { html } = await showForm(store, several);
		expect(html).toContain('value="recipes"><span>Recipes</span>');
		expect(html).toContain('value="events"><span>What is on</span>');
		expect(html).not.toContain('Secret');
		await submitForm(store, several, {
			...visitor,
			fields: { ...filled, group: ['RECIPES', 'secret', 'events', { a: 1 }] },
		});
		const [event] = await invitedEvents(store);
		expect(JSON.parse(event?.details ?? '{}')).toMatchObject({ groups: ['news', 'recipes', 'events'] });
		const none = await submitForm(
			store,
			{ ...several, group: '' },
			{ ...visitor, fields: { ...filled, phone: '333 7654321' } },
		);
		expect(none.html).toMatch(/START \d\w{6}/);
	});

	it('keeps a group with a question apart from those with a box of their own', async () => {
		const { store } = context();
		await prepare(store);
		await createOrUpdateGroup(store, { shortcode: 'recipes', name: 'Recipes' });
		const both = { ...settings, groupQuestion: 'News too', groups: [{ group: 'recipes', label: '' }] };
		const groupsAfter = async (phone: string, group: unknown) => {
			await submitForm(store, both, { ...visitor, fields: { ...filled, phone, group } });
			return (JSON.parse((await invitedEvents(store)).at(-1)?.details ?? '{}') as { groups: string[] }).groups;
		};
		expect(await groupsAfter('333 7654321', 'recipes')).toEqual(['recipes']);
		expect(await groupsAfter('333 7654322', 'yes')).toEqual(['news']);
		expect(await groupsAfter('333 7654323', ['on', 'recipes'])).toEqual(['news', 'recipes']);
		expect(await groupsAfter('333 7654324', 'no')).toEqual([]);
	});

	it('keeps further fields with the invitation, and shows the form again with what was typed where one is wrong', async () => {
		const { store } = context();
		await prepare(store);
		const asking: FormSettings = {
			...settings,
			fields: [
				{ type: 'name', label: '', name: '', required: true, choices: [] },
				{ type: 'choice', label: 'Shop', name: 'shop', required: false, choices: ['Bozen', 'Meran'] },
			],
		};
		const wrong = await submitForm(store, asking, { ...visitor, fields: { ...filled, name: ' ', shop: 'Rome' } });
		expect(wrong).toMatchObject({ status: 422, invited: false });
		expect(wrong.html).toContain(FORM_TEXTS.en.fieldMissing);
		expect(wrong.html).toContain(FORM_TEXTS.en.choiceWrong);
		expect(wrong.html).toContain('value="333 1234567"');
		expect(await phones(store)).toEqual([]);
		await submitForm(store, asking, {
			...visitor,
			fields: { ...filled, name: `${'A'.repeat(5_000)}\0`, shop: 'Meran', __proto__: 'x', other: 'y' },
		});
		const [invitation] = await invitations(store);
		expect(JSON.parse(invitation?.person_fields ?? '')).toEqual({ name: 'A'.repeat(300), fields: { shop: 'Meran' } });
	});

	it.each(Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__'))(
		'may ask for a field named %s: it is empty until somebody fills it in, and holds what they typed',
		async (name) => {
			const { store } = context();
			await prepare(store);
			const asking: FormSettings = {
				...settings,
				fields: [{ type: 'text', label: 'Wish', name, required: true, choices: [] }],
			};
			const shown = await showForm(store, asking);
			expect(shown.html).not.toMatch(/native code|\[object|aria-invalid="true"/);
			expect(shown.html).toContain(`name="${name}"`);
			const empty = await submitForm(store, asking, { ...visitor, fields: filled });
			expect(empty.status).toBe(422);
			expect(empty.html).toContain(FORM_TEXTS.en.fieldMissing);
			expect(empty.html).not.toMatch(/native code|\[object/);
			const sent = Object.fromEntries([...Object.entries(filled), [name, 'cake']]);
			expect(await submitForm(store, asking, { ...visitor, fields: sent })).toMatchObject({ status: 200 });
			const [invitation] = await invitations(store);
			const kept = JSON.parse(invitation?.person_fields ?? '{}') as { fields: object };
			expect(Object.entries(kept.fields)).toEqual([[name, 'cake']]);
		},
	);

	it.each([
		['per number', { numberPerHour: 1 }, '333 1234567'],
		['per address', { addressPerHour: 1 }, '333 7654321'],
		['overall', { overallPerHour: 1 }, '333 7654321'],
	])('asks to come back later, always in the same words, when the limit %s is reached', async (_, limits, phone) => {
		const { store } = context();
		await prepare(store);
		const limited = { ...settings, limits: { ...NO_LIMITS, ...limits } };
		expect(await submitForm(store, limited, { ...visitor, fields: filled })).toMatchObject({ status: 200 });
		const refused = await submitForm(store, limited, { ...visitor, fields: { ...filled, phone } });
		expect(refused).toMatchObject({ status: 429, invited: false, retryAfterSeconds: 3_600 });
		expect(refused.html).toContain(FORM_TEXTS.en.tooManyText);
		expect(readMarkup(refused.html).text).not.toMatch(/address|number/i);
		expect(await invitations(store)).toHaveLength(1);
	});

	it('says beside the field that a country is not allowed; Europe is, unless the company says otherwise', async () => {
		const { store } = context();
		await prepare(store);
		const fromThere = { ...visitor, fields: { ...filled, phone: '+62 812 3456 7890' } };
		const refused = await submitForm(store, settings, fromThere);
		expect(refused).toMatchObject({ status: 422, invited: false });
		expect(refused.html).toContain(FORM_TEXTS.en.countryNotAllowed);
		expect(await submitForm(store, { ...settings, countries: 'ID' }, fromThere)).toMatchObject({ status: 200 });
		expect(
			await submitForm(store, settings, { ...visitor, fields: { ...filled, phone: '+43 664 1234567' } }),
		).toMatchObject({ status: 200 });
	});

	it('is the same page for who stopped SMS as for a stranger', async () => {
		const { store, clock } = context();
		await prepare(store);
		await deliver(store, message('STOP', { channel: 'sms', senderPhone: '+393200000001' }));
		clock.advance(60_000);
		const stopped = await submitForm(store, settings, { ...visitor, fields: filled });
		const stranger = await submitForm(store, settings, { ...visitor, fields: { ...filled, phone: '333 7654321' } });
		const withoutCode = ({ html }: { html: string }) =>
			html.replace(/<svg[\s\S]*<\/svg>/, '').replace(/(NEWS(?: |%20))[0-9a-z]{7}/g, '$1');
		expect(withoutCode(stopped)).toBe(withoutCode(stranger));
		expect([stopped.invited, stranger.invited]).toEqual([false, true]);
	});

	it('is not ready while two of its fields have one name', async () => {
		const { store } = context();
		await prepare(store);
		const clashing: FormSettings = {
			...settings,
			fields: [{ type: 'text', label: 'Phone', name: 'phone', required: false, choices: [] }],
		};
		await expect(showForm(store, clashing)).rejects.toThrow(/"phone"/);
	});

	it('gives a code of its own each time, so that nobody learns whether the number was invited before', async () => {
		const { store } = context();
		await prepare(store);
		await submitForm(store, settings, { ...visitor, fields: filled });
		await submitForm(store, settings, { ...visitor, fields: { ...filled, phone: '+39 333 1234567' } });
		const codes = (await invitations(store)).map(({ code }) => code);
		expect(new Set(codes).size).toBe(2);
	});

	it('tells nobody who is registered already: the page is the same, and no SMS goes out', async () => {
		const { store, clock } = context();
		await prepare(store);
		await applyMessage(store, { sender: '', from: '+393331234567', text: 'START', messageId: 'one' });
		clock.advance(60_000);
		const registered = await submitForm(store, settings, { ...visitor, fields: filled });
		const stranger = await submitForm(store, settings, { ...visitor, fields: { ...filled, phone: '333 7654321' } });
		const withoutCode = ({ html }: { html: string }) =>
			html.replace(/<svg[\s\S]*<\/svg>/, '').replace(/(NEWS(?: |%20))[0-9a-z]{7}/g, '$1');
		expect(withoutCode(registered)).toBe(withoutCode(stranger));
		expect(registered.invited).toBe(false);
		expect(await invitedEvents(store)).toHaveLength(1);
	});

	it('reads numbers in the form’s country before the sender’s', async () => {
		const { store } = context();
		await prepare(store);
		await submitForm(
			store,
			{ ...settings, country: 'AT' },
			{ ...visitor, fields: { ...filled, phone: '0664 1234567' } },
		);
		expect(await phones(store)).toEqual(['+436641234567']);
		expect((await showForm(store, { ...settings, country: 'AT' })).html).toContain('0664 123456');
		expect((await showForm(store, settings)).html).toContain('312 345 6789');
	});

	it('is refused where there is no sender or no such group, with nothing kept', async () => {
		const { store } = context();
		await expect(showForm(store, settings)).rejects.toThrow(/sender/i);
		await prepare(store);
		await expect(submitForm(store, { ...settings, group: 'gone' }, { ...visitor, fields: filled })).rejects.toThrow(
			NotFoundError,
		);
		expect(await phones(store)).toEqual([]);
	});
});

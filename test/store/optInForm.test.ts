import { NotFoundError } from '../../domain/errors';
import { FORM_LIMITS } from '../../domain/invitationLimits';
import { createOrUpdateGroup } from '../../services/groups';
import type { FormSettings } from '../../services/optInForm/settings';
import { showForm, submitForm } from '../../services/optInForm/submitForm';
import { FORM_TEXTS } from '../../services/optInForm/texts';
import { applyMessage } from '../../services/registrations';
import { createOrUpdateSender } from '../../services/senders';
import type { Store } from '../../store/store';
import { describeStores } from '../support/stores';

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
const invitedEvents = async (store: Store) => await store.db.selectFrom('event').selectAll().where('output', '=', 'invited').execute();
const phones = async (store: Store) => (await store.db.selectFrom('identity').select('phone').execute()).map(({ phone }) => phone);

describeStores('The opt-in form', (context) => {
	it.each(['333 1234567', '+39 333 123 4567', '0039 333 1234567', '(333) 123-4567', '３３３ １２３４５６７'])('takes a number as people type it: %s', async (phone) => {
		const { store } = context();
		await prepare(store);
		const answer = await submitForm(store, settings, { ...visitor, fields: { ...filled, phone } });
		expect(answer.status).toBe(200);
		expect(await phones(store)).toEqual(['+393331234567']);
	});

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
		expect(evidence).toMatchObject({ consentText: 'I agree to news by WhatsApp.', formVersion: '7', address: '203.0.113.9', userAgent: 'Mozilla/5.0' });
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
		const smsConsents = () => store.db.selectFrom('contact').select('sms_consent_source').where('sms_consent_source', 'is not', null).execute();
		expect(await smsConsents()).toEqual([]);
		await submitForm(store, { ...settings, consentCoversSms: true }, { ...visitor, fields: { ...filled, phone: '333 7654321' } });
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
		const answer = await submitForm(store, settings, { ...visitor, fields: { ...filled, website: 'https://spam.example' } });
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
		const ticked = await submitForm(store, asking, { ...visitor, fields: { ...filled, phone: '333 7654321', group: 'on' } });
		expect(ticked.html).toContain('START NEWS');
	});

	it('gives the same person the same code again', async () => {
		const { store } = context();
		await prepare(store);
		await submitForm(store, settings, { ...visitor, fields: filled });
		await submitForm(store, settings, { ...visitor, fields: { ...filled, phone: '+39 333 1234567' } });
		expect(await invitations(store)).toHaveLength(1);
	});

	it('tells nobody who is registered already: the page is the same, and no SMS goes out', async () => {
		const { store, clock } = context();
		await prepare(store);
		await applyMessage(store, { sender: '', from: '+393331234567', text: 'START', messageId: 'one' });
		clock.advance(60_000);
		const registered = await submitForm(store, settings, { ...visitor, fields: filled });
		const stranger = await submitForm(store, settings, { ...visitor, fields: { ...filled, phone: '333 7654321' } });
		const withoutCode = ({ html }: { html: string }) => html.replace(/<svg[\s\S]*<\/svg>/, '').replace(/(NEWS(?: |%20))[0-9a-z]{7}/g, '$1');
		expect(withoutCode(registered)).toBe(withoutCode(stranger));
		expect(registered.invited).toBe(false);
		expect(await invitedEvents(store)).toHaveLength(1);
	});

	it('reads numbers in the form’s country before the sender’s', async () => {
		const { store } = context();
		await prepare(store);
		await submitForm(store, { ...settings, country: 'AT' }, { ...visitor, fields: { ...filled, phone: '0664 1234567' } });
		expect(await phones(store)).toEqual(['+436641234567']);
		expect((await showForm(store, { ...settings, country: 'AT' })).html).toContain('0664 123456');
		expect((await showForm(store, settings)).html).toContain('312 345 6789');
	});

	it('is refused where there is no sender or no such group, with nothing kept', async () => {
		const { store } = context();
		await expect(showForm(store, settings)).rejects.toThrow(/sender/i);
		await prepare(store);
		await expect(submitForm(store, { ...settings, group: 'gone' }, { ...visitor, fields: filled })).rejects.toThrow(NotFoundError);
		expect(await phones(store)).toEqual([]);
	});
});

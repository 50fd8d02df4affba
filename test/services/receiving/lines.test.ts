import fc from 'fast-check';

import { DAILY_ADVERTISEMENT, forms, setUp, states } from '../../support/lines';
import { createOrUpdateContact, listContacts } from '../../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { sendMessage } from '../../../services/sending/sendAndReply';
import { deliver, message } from '../../support/inbound';
import { describeStores } from '../../support/stores';

jest.setTimeout(120_000);

describeStores('One person, whatever form their number has', (context) => {
	it('START from WhatsApp’s form registers the contact that was typed in the dialled one', async () => {
		const { store } = context();
		await setUp(store);
		await createOrUpdateGroup(store, { name: 'Newsletter', shortcode: 'news' });
		await createOrUpdateContact(store, { smsNumber: '+55 31 98765-4321', name: 'Ana' });
		await deliver(store, message('START NEWS', { phone: '+553187654321' }));
		expect(await listContacts(store, {})).toMatchObject([
			{ name: 'Ana', smsNumber: '+5531987654321', whatsAppNumber: '+5531987654321' },
		]);
	});

	it('is sent to the form that WhatsApp told last, and to the dialled one by SMS', async () => {
		const { store, provider } = await setUp(context().store);
		await deliver(store, message('START', { phone: '+553187654321' }));
		await sendMessage(
			store,
			{ meta: provider },
			{ ...DAILY_ADVERTISEMENT, to: '+55 31 98765-4321', idempotencyKey: '1' },
		);
		expect(provider.requests.map(({ request }) => request.recipients[0]?.phone)).toEqual(['+553187654321']);
		await deliver(store, message('thanks', { phone: '+5531987654321' }));
		await sendMessage(
			store,
			{ meta: provider },
			{ ...DAILY_ADVERTISEMENT, to: '+55 31 8765-4321', idempotencyKey: '2' },
		);
		expect(provider.requests.map(({ request }) => request.recipients[0]?.phone)).toEqual([
			'+553187654321',
			'+5531987654321',
		]);
	});

	it('learns from the answer to a send under which number WhatsApp knows the person', async () => {
		const { store, provider } = await setUp(context().store);
		await deliver(store, message('START', { phone: '+5215512345678' }), message('hi', { phone: '+525512345678' }));
		provider.toldPhone = '+5215512345678';
		for (const key of ['1', '2'])
			await sendMessage(
				store,
				{ meta: provider },
				{ ...DAILY_ADVERTISEMENT, to: '+52 55 1234 5678', idempotencyKey: key },
			);
		expect(provider.requests.map(({ request }) => request.recipients[0]?.phone)).toEqual([
			'+525512345678',
			'+5215512345678',
		]);
	});

	it.each([
		['the same number', '+525512345678', true],
		['no number', null, true],
		['the number of somebody else', '+528112345678', false],
	])('learns the user id from an answer with %s: a STOP by it alone holds', async (_what, toldPhone, isBelieved) => {
		const { store, provider } = await setUp(context().store);
		await deliver(store, message('START', { phone: '+525512345678' }));
		Object.assign(provider, { toldPhone, whatsAppUserId: 'MX.777' });
		await sendMessage(
			store,
			{ meta: provider },
			{ ...DAILY_ADVERTISEMENT, to: '+52 55 1234 5678', idempotencyKey: '1' },
		);
		context().clock.advance(60_000);
		await deliver(store, message('STOP', { phone: null, whatsAppUserId: 'MX.777' }));
		expect(await states(store, '+525512345678')).toMatchObject({ registrations: [isBelieved ? 'ended' : 'active'] });
	});

	it('believes no answer that names somebody else', async () => {
		const { store, provider } = await setUp(context().store);
		await deliver(store, message('START', { phone: '+525512345678' }));
		provider.toldPhone = '+528112345678';
		for (const key of ['1', '2'])
			await sendMessage(
				store,
				{ meta: provider },
				{ ...DAILY_ADVERTISEMENT, to: '+52 55 1234 5678', idempotencyKey: key },
			);
		expect(provider.requests.map(({ request }) => request.recipients[0]?.phone)).toEqual([
			'+525512345678',
			'+525512345678',
		]);
	});

	it('comes to the same state whichever form each word arrives in, and no form is written to after a STOP', async () => {
		const { store, provider } = await setUp(context().store);
		let line = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...forms),
				fc.array(fc.record({ text: fc.constantFrom('START', 'STOP', 'hello'), form: fc.nat(1) }), {
					minLength: 1,
					maxLength: 6,
				}),
				async (formsOfLine, words) => {
					line++;
					const [one, other] = [formsOfLine(line * 2), formsOfLine(line * 2 + 1)];
					for (const { text, form } of words) {
						context().clock.time += 60_000;
						await deliver(store, message(text, { phone: one[form] }));
						await deliver(store, message(text, { phone: other[0] }));
					}
					expect(await states(store, one[0])).toEqual(await states(store, other[0]));
					if (words.at(-1)?.text !== 'STOP') return;
					for (const to of one) {
						const sent = await sendMessage(
							store,
							{ meta: provider },
							{ ...DAILY_ADVERTISEMENT, to, idempotencyKey: `${line} ${to}` },
						);
						expect(sent.state).toBe('skipped');
					}
				},
			),
			{ numRuns: 25 },
		);
		expect(provider.requests).toEqual([]);
	});
});

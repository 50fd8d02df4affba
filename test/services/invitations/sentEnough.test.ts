import { FORM_LIMITS, type InvitationLimits, NO_LIMITS, OPERATOR_LIMITS } from '../../../domain/invitationLimits';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { invite, type InviteInput } from '../../../services/invitations/invite';
import { remind } from '../../../services/invitations/remind';
import { erasePerson } from '../../../services/rights/erase';
import { purge } from '../../../services/rights/purge';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { deliver, INBOX, message, PHONE, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const OTHER = '+393337654321';
const OTHER_SENDER = '+390611223344';

describeStores('Invitations sent to one person', (context) => {
	beforeEach(async () => {
		const { store } = context();
		for (const [phone, providerSenderId] of [
			[SENDER_PHONE, '1066'],
			[OTHER_SENDER, '1077'],
		] as const)
			await createOrUpdateSender(store, {
				phone,
				provider: 'meta',
				providerSenderId,
				sendsWhatsApp: true,
				sendsSms: false,
				country: 'IT',
			});
		await createOrUpdateGroup(store, { shortcode: 'news' });
	});
	const ask = (input: Partial<InviteInput> = {}) =>
		invite(context().store, {
			sender: SENDER_PHONE,
			number: PHONE,
			origin: 'form',
			limits: FORM_LIMITS,
			evidence: {},
			inbox: INBOX,
			...input,
		});
	/** What the form's workflow was given to send. */
	const sent = async (): Promise<number> => {
		const { store } = context();
		const events = store.db.selectFrom('event').select('id').where('kind', '=', 'invited').where('inbox', '=', INBOX);
		return (await events.execute()).length;
	};
	/** Fills in the form on so many days, as often a day as the form permits. */
	const pester = async (days: number, limits: Partial<InvitationLimits> = {}): Promise<number> => {
		const { clock } = context();
		const before = await sent();
		for (let round = 0; round < days * 5; round++) {
			await ask({ limits: { ...FORM_LIMITS, ...limits } });
			clock.advance(DAY_MS / 5);
		}
		return (await sent()) - before;
	};

	describe('after a STOP is one at most, until they register', () => {
		it.each<[string, () => ReturnType<typeof message>]>([
			['STOP', () => message('STOP')],
			['their own words', () => message('please do not write to me any more')],
			['STOP to somebody else of the company', () => message('STOP', { senderPhone: OTHER_SENDER })],
			['STOP NEWS', () => message('STOP NEWS')],
		])('said by %s', async (_, word) => {
			const { store, clock } = context();
			await deliver(store, word());
			clock.advance(1_000);
			for (let day = 0; day < 40; day++) {
				const { link, text } = await ask({ groups: ['news'], limits: NO_LIMITS });
				// Whoever typed the number sees what everybody sees.
				expect(link).toContain(encodeURIComponent(text ?? '–'));
				clock.advance(DAY_MS);
			}
			expect(await sent()).toBe(1);
		});

		it('and one more after the next STOP, however they came back', async () => {
			const { store, clock } = context();
			for (const word of ['STOP', 'START', 'STOP']) {
				await deliver(store, message(word));
				clock.advance(DAY_MS + 1_000);
				if (word === 'STOP') expect(await pester(10, { unansweredPerFourWeeks: 0 })).toBe(1);
			}
		});

		it('whichever of their numbers and of the company’s is typed in', async () => {
			const { store, clock } = context();
			await createOrUpdateContact(store, { whatsAppNumber: PHONE, smsNumber: OTHER });
			await deliver(store, message('STOP'));
			for (const sender of [SENDER_PHONE, OTHER_SENDER])
				for (const number of [OTHER, PHONE]) {
					clock.advance(DAY_MS);
					await ask({ sender, number });
				}
			expect(await sent()).toBe(1);
		});

		it('also when the invitations before were purged, or the person was erased', async () => {
			const { store, clock } = context();
			await deliver(store, message('STOP'));
			clock.advance(1_000);
			await ask();
			clock.advance(60 * DAY_MS);
			await purge(store, { kind: 'invitations', olderThanDays: 7, dryRun: false });
			await ask();
			await erasePerson(store, { number: PHONE });
			clock.advance(DAY_MS);
			await ask();
			const rows = await store.db.selectFrom('invitation').select('told').orderBy('id').execute();
			expect(rows.map(({ told }) => told)).toEqual([0]);
		});

		it('when many ask at once', async () => {
			const { store, clock } = context();
			await deliver(store, message('STOP'));
			clock.advance(1_000);
			const asked = await Promise.all(Array.from({ length: 8 }, () => ask({ limits: NO_LIMITS })));
			expect(asked.filter(({ outcome }) => outcome === 'invited')).toHaveLength(1);
			expect(asked.filter(({ outcome }) => outcome === 'invitedSinceStop')).toHaveLength(7);
		});

		it('and lets them come back by any of the codes they were shown', async () => {
			const { store, clock } = context();
			await deliver(store, message('STOP'));
			clock.advance(1_000);
			await ask();
			const second = await ask();
			clock.advance(1_000);
			await deliver(store, message(second.text));
			expect(await ask({ origin: 'operator' })).toMatchObject({ outcome: 'alreadyRegistered' });
		});
	});

	describe('that never writes', () => {
		it('are five in four weeks, whoever types the number', async () => {
			const { clock } = context();
			expect(await pester(27)).toBe(5);
			expect(await pester(28)).toBe(5);
			clock.advance(28 * DAY_MS);
			expect(await pester(27)).toBe(5);
		});

		it('have their reminder, and what was not sent has none', async () => {
			const { store, clock } = context();
			const reminders = async () => {
				clock.advance(DAY_MS + 1_000);
				return await remind(store, { sender: '', afterMs: DAY_MS, most: 1, limit: 10 });
			};
			const limits = { ...NO_LIMITS, unansweredPerFourWeeks: 1 };
			const first = await ask({ limits });
			await ask({ limits });
			expect(await reminders()).toMatchObject([{ invitationId: first.invitationId, code: first.code }]);
			await ask({ limits });
			expect(await reminders()).toEqual([]);
		});

		it('look the same to who typed the number', async () => {
			const answers = [];
			for (let round = 0; round < 7; round++) {
				answers.push(await ask({ limits: { ...NO_LIMITS, unansweredPerFourWeeks: 2 } }));
			}
			expect(answers.map(({ outcome }) => outcome)).toEqual([
				'invited',
				'invited',
				...Array.from({ length: 5 }, () => 'unansweredLimit'),
			]);
			expect(new Set(answers.map(({ code }) => code)).size).toBe(7);
			expect(answers.every(({ link, text }) => link !== null && text !== null)).toBe(true);
		});

		it('are refused to the company, with the time when there is room again', async () => {
			const { store, clock } = context();
			const first = clock.time;
			for (let round = 0; round < 5; round++) {
				expect(await ask({ origin: 'operator', limits: OPERATOR_LIMITS })).toMatchObject({ outcome: 'invited' });
				clock.advance(DAY_MS);
			}
			expect(await ask({ origin: 'operator', limits: OPERATOR_LIMITS })).toMatchObject({
				outcome: 'unansweredLimit',
				link: null,
				reason: expect.stringContaining('not written') as string,
				retryAt: new Date(first + 28 * DAY_MS).toISOString(),
			});
			await deliver(store, message('hello', { phone: OTHER }));
			expect(await ask({ origin: 'operator', limits: NO_LIMITS })).toMatchObject({ outcome: 'invited' });
		});

		it('begin anew when the person has written', async () => {
			const { store, clock } = context();
			await createOrUpdateSender(store, {
				phone: SENDER_PHONE,
				provider: 'meta',
				sendsWhatsApp: true,
				sendsSms: false,
				policy: 'keywordOnly',
			});
			expect(await pester(10)).toBe(5);
			await deliver(store, message('who are you?'));
			clock.advance(1_000);
			expect(await pester(10)).toBe(5);
		});
	});

	it('are kept by hash, and no longer than a limit looks at them', async () => {
		const { store, clock } = context();
		await deliver(store, message('STOP'));
		clock.advance(1_000);
		await ask();
		for (let index = 0; index < 30; index++)
			await ask({ number: `+39333${String(1_000_000 + index)}`, limits: NO_LIMITS });
		const rows = () => store.db.selectFrom('invitation_sent').selectAll().execute();
		expect(await rows()).toHaveLength(31);
		expect(JSON.stringify(await rows())).not.toContain('39333');
		clock.advance(29 * DAY_MS);
		for (let index = 0; index < 2; index++)
			await ask({ number: `+39333${String(1_000_100 + index)}`, limits: NO_LIMITS });
		// The two, and the one after a STOP.
		expect(await rows()).toHaveLength(3);
	});
});

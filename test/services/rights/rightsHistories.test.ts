import fc from 'fast-check';

import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { erasePerson } from '../../../services/rights/erase';
import { exportOptOuts } from '../../../services/rights/exportOptOuts';
import { importOptOuts } from '../../../services/rights/importOptOuts';
import { purge } from '../../../services/rights/purge';
import { sendMessage } from '../../../services/sending/sendAndReply';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { openStore } from '../../../store/store';
import { FakeProvider } from '../../support/delivery';
import { deliver, message, PHONE, SENDER_PHONE } from '../../support/inbound';
import { newPostgres, newSqlite, TestClock } from '../../support/stores';

const SMS_SENDER = '+393200000001';
const USER_ID = 'IT.42';
const DAY_MS = 24 * 60 * 60_000;

type Step =
	| { what: 'say'; text: string; channel: 'whatsapp' | 'sms'; by: 'phone' | 'user' | 'both'; lateMs: number }
	| { what: 'erase'; by: 'phone' | 'user' }
	| { what: 'purge' }
	| { what: 'list' }
	| { what: 'readBack' };

const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			what: fc.constant('say' as const),
			text: fc.constantFrom('START', 'STOP', 'hello'),
			channel: fc.constantFrom('whatsapp' as const, 'whatsapp' as const, 'sms' as const),
			by: fc.constantFrom('phone' as const, 'both' as const, 'both' as const),
			lateMs: fc.constantFrom(0, 0, 0, 90_000, 3 * DAY_MS),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			what: fc.constant('erase' as const),
			by: fc.constantFrom('phone' as const, 'user' as const),
		}),
	},
	{ weight: 1, arbitrary: fc.constantFrom<Step>({ what: 'purge' }, { what: 'list' }, { what: 'readBack' }) },
);

/** What the person is entitled to by the newest thing they said or asked for, worked out the simple way. */
class Model {
	private readonly said: Array<{ at: number; order: number; direction: 'in' | 'out'; sms: boolean }> = [];
	private erasedAt = -1;

	say(text: string, channel: string, at: number): void {
		if (text === 'STOP') this.said.push({ at, order: 1, direction: 'out', sms: channel === 'sms' });
		// What was said before an erasure gives nothing afterwards.
		if (text === 'START' && at > this.erasedAt)
			this.said.push({ at, order: 0, direction: 'in', sms: channel === 'sms' });
	}

	erase(at: number): void {
		this.erasedAt = at;
		this.said.push({ at, order: 2, direction: 'out', sms: false });
	}

	/** Denied: an opt-out is newer than every START. */
	get deniesAdvertising(): boolean {
		return this.newest(() => true)?.direction === 'out';
	}

	get deniesSms(): boolean {
		return this.newest(({ sms }) => sms)?.direction === 'out';
	}

	private newest(counts: (word: { sms: boolean }) => boolean) {
		return this.said.filter(counts).sort((one, other) => other.at - one.at || other.order - one.order)[0];
	}
}

describe.each([
	['sqlite', newSqlite, 25],
	['postgres', newPostgres, 12],
] as const)('Whatever people say and is erased, purged and read back (%s)', (_, make, runs) => {
	it('nobody is written to against their newest word, and the ledger verifies', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
				const made = await make();
				const clock = new TestClock();
				const store = await openStore(made.settings, { create: true, now: clock.now });
				try {
					await createOrUpdateSender(store, {
						phone: SENDER_PHONE,
						provider: 'meta',
						sendsWhatsApp: true,
						sendsSms: false,
						policy: 'keywordOnly',
					});
					await createOrUpdateSender(store, {
						phone: SMS_SENDER,
						provider: 'websms',
						sendsWhatsApp: false,
						sendsSms: true,
					});
					const model = new Model();
					let list: unknown[] = [];
					for (const [index, each] of steps.entries()) {
						clock.advance(60_000);
						if (each.what === 'say') {
							const at = clock.now() - each.lateMs;
							model.say(each.text, each.channel, at);
							const isSms = each.channel === 'sms';
							await deliver(
								store,
								message(each.text, {
									id: `m${index}`,
									at,
									channel: each.channel,
									senderPhone: isSms ? SMS_SENDER : SENDER_PHONE,
									phone: PHONE,
									whatsAppUserId: each.by === 'both' && !isSms ? USER_ID : null,
								}),
							);
						}
						if (each.what === 'erase') {
							const { found } = await erasePerson(store, { number: each.by === 'phone' ? PHONE : USER_ID });
							if (found) model.erase(clock.now());
						}
						if (each.what === 'purge') {
							clock.advance(3 * DAY_MS);
							await purge(store, { kind: 'inboundTexts', olderThanDays: 2, dryRun: false });
						}
						if (each.what === 'list') {
							list = [];
							for await (const page of exportOptOuts(store)) list.push(...page);
						}
						if (each.what === 'readBack') await importOptOuts(store, list);
					}
					expect((await verifyConsent(store)).broken).toEqual([]);
					await createOrUpdateContact(store, { smsNumber: PHONE, smsConsent: { source: 'a list' } });
					const provider = new FakeProvider(store);
					const send = async (channel: 'sms' | 'whatsapp', purpose: 'advertisement' | 'service') =>
						(
							await sendMessage(
								store,
								{ meta: provider, websms: provider },
								{
									channel,
									sender: channel === 'sms' ? SMS_SENDER : SENDER_PHONE,
									to: PHONE,
									purpose,
									content: { type: 'template', name: 't', language: 'it', bodyParameters: [] },
									idempotencyKey: `${channel} ${purpose}`,
								},
							).catch(
								async () =>
									await sendMessage(
										store,
										{ meta: provider, websms: provider },
										{
											channel,
											sender: SMS_SENDER,
											to: PHONE,
											purpose,
											content: { type: 'text', body: 'x' },
											idempotencyKey: `${channel} ${purpose}`,
										},
									),
							)
						).state;
					if (model.deniesAdvertising) {
						expect(await send('whatsapp', 'advertisement')).toBe('skipped');
						expect(await send('sms', 'advertisement')).toBe('skipped');
						expect(await send('whatsapp', 'service')).toBe('skipped');
					}
					if (model.deniesSms) expect(await send('sms', 'service')).toBe('skipped');
				} finally {
					await store.close();
					await made.remove();
				}
			}),
			{ numRuns: runs, seed: 20261123 },
		);
	}, 180_000);
});

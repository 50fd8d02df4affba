import fc from 'fast-check';

import type { Channel } from '../../../domain/channel';
import { scopeAll } from '../../../domain/consent/scope';
import type { IncomingEvent } from '../../../providers/provider';
import { previewCampaign } from '../../../services/sending/campaigns';
import { applyConsentSignal } from '../../../services/consent/engine';
import { applyProviderOptOut } from '../../../services/sending/providerOptOut';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { createOrUpdateSender, type Sender } from '../../../services/senders/senders';
import { findIdentity } from '../../../store/identities';
import { resolveSender } from '../../../store/senders';
import type { Store } from '../../../store/store';
import { deliver, message, numberChange, preference, seen, SENDER_PHONE } from '../../support/inbound';
import { describeSharedStores } from '../../support/stores';

const HOUR_MS = 60 * 60_000;
const OTHER_SENDER = '+390299999999';
/** More, to search: `OPTIN_RUNS=1000 npx jest … --testTimeout=3600000`. */
const RUNS = Number(process.env['OPTIN_RUNS'] ?? 40);
const START_AT = Date.UTC(2026, 0, 1);
/** STOP ends the registration with this one only; any message registers with all. */
const ONLY_SENDER = '+390288888888';
const SENDERS = [SENDER_PHONE, OTHER_SENDER, ONLY_SENDER];

interface Said {
	what: string;
	hour: number;
	channel: Channel;
	senderPhone: string;
	/** How WhatsApp tells who it is; without: by number. */
	as?: 'number' | 'userId' | 'both';
}

type Numbered = Said & { id: string };

const BY_PERSON = ['START', 'START NEWS', 'START SPORT', 'STOP', 'STOP NEWS', 'STOP NOWHERE', 'hello', 'HELP', '👍'];
const BY_OTHERS = ['provider stop', 'provider resume', 'provider error', 'register', 'revoke'];

const said = (whats: readonly string[]): fc.Arbitrary<Said> =>
	fc.record({
		what: fc.constantFrom(...whats),
		hour: fc.integer({ min: 0, max: 9 }).map((step) => step * 8),
		channel: fc.constantFrom('whatsapp' as const, 'whatsapp' as const, 'sms' as const),
		senderPhone: fc.constantFrom(...SENDERS),
	});

/** A history, and the order in which it arrives, everything twice. */
const histories = (whats: readonly string[], maxLength = 9) =>
	fc.array(said(whats), { minLength: 1, maxLength }).chain((history) => {
		const numbered = history.map((each, index) => ({ ...each, id: `event ${index}` }));
		return fc.tuple(
			fc.constant(numbered),
			fc.shuffledSubarray([...numbered, ...numbered], { minLength: numbered.length * 2 }),
		);
	});

const timeOf = ({ hour }: Said): number => START_AT + hour * HOUR_MS;

/** @param each said at the new number where it begins with `new: `. */
async function happens(store: Store, each: Numbered, oldPhone: string, newPhone: string): Promise<void> {
	const { channel, senderPhone, as = 'number' } = each;
	const what = each.what.replace('new: ', '');
	const phone = what === each.what ? oldPhone : newPhone;
	const id = `${oldPhone} ${each.id}`;
	const at = timeOf(each);
	const account = channel === 'sms' || as === 'number' ? null : `IT.${oldPhone.slice(1)}`;
	const told = {
		id,
		phone: account !== null && as === 'userId' ? null : phone,
		whatsAppUserId: account,
		channel,
		senderPhone,
		at,
	};
	if (what === 'register' || what === 'revoke' || what === 'provider error') {
		await store.transaction(async (db) => {
			const sender: Sender = await resolveSender(db, senderPhone, 'whatsapp');
			if (what === 'provider error') {
				const person = await findIdentity(db, { phone });
				if (person)
					await applyProviderOptOut(store, db, {
						identityId: person.id,
						senderId: sender.id,
						channel,
						providerEventId: id,
						source: '131050',
						at,
					});
				return;
			}
			const person = { phone, whatsAppUserId: null };
			await applyConsentSignal(store, db, {
				provider: 'operator',
				providerEventId: id,
				kind: what,
				channel: 'whatsapp',
				sender,
				person,
				sentAt: at,
				inbox: null,
			});
		});
		return;
	}
	const event: IncomingEvent =
		what === 'changes number'
			? numberChange(newPhone, told)
			: what.startsWith('provider')
				? preference(what === 'provider stop' ? 'stop' : 'resume', told)
				: message(what, { ...told, messageType: what === '👍' ? 'reaction' : 'text' });
	await deliver(store, event);
}

/** What a person may be sent, and why: everything the rules speak of. */
async function consentOf(store: Store, phone: string) {
	const { registrations, words, groups, contacts } = await seen(store, phone);
	const rows = await store.db
		.selectFrom('registration')
		.innerJoin('identity', 'identity.id', 'identity_id')
		.select(['sender_id', 'state', 'since', 'ended_by', 'last_inbound_at'])
		.where('phone', '=', phone)
		.orderBy('sender_id')
		.execute();
	const heard = await store.db
		.selectFrom('consent_word')
		.innerJoin('identity', 'identity.id', 'identity_id')
		.select(['scope', 'direction', 'effective_at', 'source'])
		.where('phone', '=', phone)
		.orderBy('scope')
		.execute();
	// A consent given before a STOP by SMS permits nothing: only a START by SMS lifts that, and is a consent of its own.
	const hasLeftSms = heard.some(({ scope, direction }) => scope === 'sms' && direction === 'out');
	const hasSmsConsent = !hasLeftSms && contacts.some((contact) => contact.sms_consent_at !== null);
	return { registrations, words, groups, rows, heard, hasSmsConsent };
}

/** `yes` or the reason, of every sender, channel and purpose. */
async function permissionsOf(store: Store, phone: string): Promise<Record<string, string>> {
	const permissions: Record<string, string> = {};
	for (const sender of SENDERS) {
		for (const channels of ['whatsapp', 'sms'] as const) {
			for (const purpose of ['advertisement', 'service'] as const) {
				const { leftOut } = await previewCampaign(store, {
					...{ purpose, channels, whatsAppSender: sender, smsSender: sender, groups: [], numbers: [phone] },
					content:
						channels === 'sms'
							? { type: 'text', body: 'x' }
							: { type: 'template', name: 'x', language: 'it', bodyParameters: [] },
				});
				permissions[`${channels} ${purpose} ${sender}`] = Object.keys(leftOut)[0] ?? 'yes';
			}
		}
	}
	return permissions;
}

/** The person's newest words, read off the history without any of the code under test. */
function newestWords(history: readonly Numbered[]) {
	const latest = (matches: (each: Numbered) => boolean): number =>
		Math.max(-Infinity, ...history.filter(matches).map(timeOf));
	const isStop = ({ what }: Numbered): boolean => what === 'STOP' || what === 'STOP NOWHERE';
	const isStart = ({ what }: Numbered): boolean => what.startsWith('START');
	const stopHere = (sender: string): number =>
		latest((each) => isStop(each) && (each.senderPhone !== ONLY_SENDER || sender === ONLY_SENDER));
	return {
		/** STOP that speaks of this sender. */
		stop: stopHere,
		stopBySms: latest((each) => isStop(each) && each.channel === 'sms'),
		startBySms: latest((each) => isStart(each) && each.channel === 'sms'),
		/** START, or a plain message so long after every STOP before it that it may register: both take a STOP back. */
		taken: latest((each) => isStart(each) || (each.what === 'hello' && each.channel === 'whatsapp')),
		switchedOff: (sender: string): number =>
			latest(
				(each) =>
					['provider stop', 'provider error'].includes(each.what) &&
					each.channel === 'whatsapp' &&
					each.senderPhone === sender,
			),
		/** START or the switch itself, or a resume. */
		switchedOn: (sender: string): number =>
			latest(
				(each) =>
					each.senderPhone === sender &&
					each.channel === 'whatsapp' &&
					(isStart(each) || each.what === 'provider resume'),
			),
		blacklisted: latest((each) => ['provider stop', 'provider error'].includes(each.what) && each.channel === 'sms'),
	};
}

describeSharedStores('Any order of arrival', (context) => {
	let people = 0;
	const newPhone = (): string => `+39333${String(++people).padStart(7, '0')}`;
	beforeAll(async () => {
		const { store, clock } = context();
		clock.time = START_AT + 1_000 * HOUR_MS;
		for (const phone of SENDERS) {
			await createOrUpdateSender(store, {
				phone,
				provider: 'meta',
				sendsWhatsApp: true,
				sendsSms: true,
				stopScope: phone === ONLY_SENDER ? 'thisSender' : 'allSenders',
			});
		}
		for (const shortcode of ['news', 'sport']) await createOrUpdateGroup(store, { shortcode });
	});
	const both = async (history: readonly Numbered[], arrived: readonly Numbered[]) => {
		const { store } = context();
		const [inOrder, shuffled] = [[newPhone(), newPhone()] as const, [newPhone(), newPhone()] as const];
		// What providers and operators say of somebody nobody has heard of needs the number to be known.
		for (const [phone] of [inOrder, shuffled])
			await createOrUpdateContact(store, { smsNumber: phone, whatsAppNumber: phone });
		for (const [phone] of [inOrder, shuffled])
			await deliver(store, message('HELP', { phone, id: `first ${phone}`, at: START_AT - HOUR_MS }));
		for (const each of [...history].sort((one, other) => one.hour - other.hour)) await happens(store, each, ...inOrder);
		for (const each of arrived) await happens(store, each, ...shuffled);
		return { inOrder, shuffled };
	};

	it(
		'with duplicates ends in the consent that the sorted history gives, and in the same permissions',
		async () => {
			const { store } = context();
			await fc.assert(
				fc.asyncProperty(histories([...BY_PERSON, ...BY_PERSON, ...BY_OTHERS]), async ([history, arrived]) => {
					const { inOrder, shuffled } = await both(history, arrived);
					expect(await consentOf(store, shuffled[0])).toEqual(await consentOf(store, inOrder[0]));
					expect(await permissionsOf(store, shuffled[0])).toEqual(await permissionsOf(store, inOrder[0]));
				}),
				{ numRuns: RUNS },
			);
			expect(await verifyConsent(store)).toMatchObject({ valid: true });
		},
		240_000 + RUNS * 1_000,
	);

	it(
		'with a change of number in between ends in the same consent at both numbers',
		async () => {
			const { store } = context();
			const withChange = histories(
				[...BY_PERSON, 'provider stop', 'register', ...BY_PERSON.map((what) => `new: ${what}`)],
				6,
			).chain(([history]) =>
				fc.integer({ min: 0, max: 9 }).chain((step) => {
					// At an hour of its own: what is said in the same moment is the old number's last word.
					const all = [
						...history,
						{
							what: 'changes number',
							hour: step * 8 + 4,
							channel: 'whatsapp' as const,
							senderPhone: SENDER_PHONE,
							id: 'change',
						},
					];
					return fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }));
				}),
			);
			await fc.assert(
				fc.asyncProperty(withChange, async ([history, arrived]) => {
					const { inOrder, shuffled } = await both(history, arrived);
					for (const index of [0, 1] as const) {
						const [{ rows, heard }, expected] = [
							await consentOf(store, shuffled[index]),
							await consentOf(store, inOrder[index]),
						];
						expect({ rows, heard }).toEqual({ rows: expected.rows, heard: expected.heard });
					}
				}),
				{ numRuns: RUNS },
			);
			expect(await verifyConsent(store)).toMatchObject({ valid: true });
		},
		240_000 + RUNS * 1_000,
	);

	it(
		'of words with a number, with a user id and with both ends in one person with the same consent',
		async () => {
			const { store } = context();
			const ofHalves = histories([...BY_PERSON, 'provider stop', 'provider resume'], 7).chain(([history]) =>
				fc
					.tuple(...history.map(() => fc.constantFrom('number' as const, 'userId' as const, 'both' as const)))
					.chain((named) => {
						const told = history.map((each, index) => ({ ...each, as: named[index] }));
						// Somewhere the two halves come together.
						const all = [
							...told,
							{
								what: 'HELP',
								hour: 36,
								channel: 'whatsapp' as const,
								senderPhone: SENDER_PHONE,
								as: 'both' as const,
								id: 'both',
							},
						];
						return fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }));
					}),
			);
			await fc.assert(
				fc.asyncProperty(ofHalves, async ([history, arrived]) => {
					const { inOrder, shuffled } = await both(history, arrived);
					expect(await consentOf(store, shuffled[0])).toEqual(await consentOf(store, inOrder[0]));
					const halves = await store.db
						.selectFrom('identity')
						.select('phone')
						.where('whatsapp_user_id', '=', `IT.${shuffled[0].slice(1)}`)
						.execute();
					expect(halves).toEqual([{ phone: shuffled[0] }]);
				}),
				{ numRuns: RUNS },
			);
			expect(await verifyConsent(store)).toMatchObject({ valid: true });
		},
		240_000 + RUNS * 1_000,
	);

	it(
		"ends with no permission that the person's newest word denies",
		async () => {
			const { store } = context();
			await fc.assert(
				fc.asyncProperty(histories([...BY_PERSON, ...BY_OTHERS]), async ([history, arrived]) => {
					const phone = newPhone();
					await createOrUpdateContact(store, {
						smsNumber: phone,
						whatsAppNumber: phone,
						smsConsent: { source: 'paper', at: START_AT - HOUR_MS },
					});
					await deliver(store, message('HELP', { phone, id: `first ${phone}`, at: START_AT - HOUR_MS }));
					for (const each of arrived) await happens(store, each, phone, newPhone());
					const may = await permissionsOf(store, phone);
					const words = newestWords(history);
					for (const sender of SENDERS) {
						const isLeft = words.stop(sender) >= words.taken && words.stop(sender) > -Infinity;
						const isOff =
							words.switchedOff(sender) >= words.switchedOn(sender) && words.switchedOff(sender) > -Infinity;
						if (isLeft || isOff) expect(may[`whatsapp advertisement ${sender}`]).not.toBe('yes');
						if (isLeft)
							expect([may[`whatsapp service ${sender}`], may[`sms advertisement ${sender}`]]).not.toContain('yes');
						const outOfSms = Math.max(words.stopBySms, words.blacklisted);
						if (outOfSms > -Infinity && outOfSms >= words.startBySms) {
							expect([may[`sms advertisement ${sender}`], may[`sms service ${sender}`]]).toEqual([
								'opted out',
								'opted out',
							]);
						}
					}
					const { words: heard } = await seen(store, phone);
					if (heard[scopeAll] === 'out')
						expect(
							Object.entries(may).filter(([what, answer]) => what.includes('advertisement') && answer === 'yes'),
						).toEqual([]);
				}),
				{ numRuns: RUNS },
			);
		},
		240_000 + RUNS * 1_000,
	);
});

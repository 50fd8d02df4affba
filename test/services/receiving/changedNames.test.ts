import fc from 'fast-check';

import { verifyConsent } from '../../../services/rights/verifyLedger';
import { deliver, message, numberChange } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const CHANGED_AT = 10;
const MINUTE_MS = 60_000;

interface Word {
	text: 'START' | 'STOP';
	minute: number;
	/** Whether the provider tells the number beside the user id. */
	withNumber: boolean;
}

const words: fc.Arbitrary<Word[]> = fc.uniqueArray(
	fc.record({
		text: fc.constantFrom('START', 'STOP'),
		minute: fc.integer({ min: 1, max: 20 }).filter((minute) => minute !== CHANGED_AT),
		withNumber: fc.boolean(),
	}),
	{ selector: ({ minute }) => minute, minLength: 1, maxLength: 5 },
);

/** What changes, and what its notice tells of the names before. */
const change = fc.record({
	hasNumber: fc.boolean(),
	numberChanges: fc.boolean(),
	namesNumber: fc.boolean(),
	namesOldId: fc.boolean(),
});

/** Whatever comes late, early or twice: the newest word of a person decides, under each name they ever had. */
describeStores('A person whose WhatsApp user id changes', (context) => {
	let person = 0;

	it('is who they were, in any order of arrival', async () => {
		const { store, clock } = context();
		const begin = clock.now();
		clock.advance(60 * MINUTE_MS);
		await fc.assert(
			fc.asyncProperty(words, change, fc.infiniteStream(fc.nat()), async (said, what, random) => {
				person++;
				const old = { phone: `+39333${1_000_000 + person}`, whatsAppUserId: `IT.old${person}` };
				const phone = what.numberChanges ? `+39334${1_000_000 + person}` : old.phone;
				const newId = `IT.new${person}`;
				const named = what.hasNumber;
				// Where the notice does not tell the old id, only the number leads to it.
				const linked = what.namesOldId;
				const notice = async () =>
					await deliver(
						store,
						numberChange(
							what.numberChanges && named ? phone : null,
							{
								phone: named && (what.namesNumber || !what.namesOldId) ? old.phone : null,
								whatsAppUserId: what.namesOldId || !named ? old.whatsAppUserId : null,
								at: begin + CHANGED_AT * MINUTE_MS,
								id: `change ${person}`,
							},
							newId,
						),
					);
				const tell = (word: Word) => async () => {
					const isBefore = word.minute < CHANGED_AT;
					const number = isBefore ? old.phone : phone;
					await deliver(
						store,
						message(word.text, {
							phone: named && (word.withNumber || !linked) ? number : null,
							whatsAppUserId: isBefore ? old.whatsAppUserId : newId,
							at: begin + word.minute * MINUTE_MS,
							id: `word ${person} ${word.minute}`,
						}),
					);
				};
				const steps = [...said.map(tell), notice, notice];
				const order = steps
					.map((step) => ({ step, rank: random.next().value }))
					.sort((one, other) => one.rank - other.rank);
				for (const { step } of order) await step();

				const newest = said.reduce((one, other) => (other.minute > one.minute ? other : one));
				const people = await store.db
					.selectFrom('identity')
					.leftJoin('registration', 'registration.identity_id', 'identity.id')
					.leftJoin('consent_word', (join) =>
						join.onRef('consent_word.identity_id', '=', 'identity.id').on('consent_word.scope', '=', 'all'),
					)
					.where((where) =>
						where.or([where('phone', 'in', [old.phone, phone]), where('whatsapp_user_id', 'in', [newId])]),
					)
					.select(['phone', 'whatsapp_user_id as userId', 'registration.state', 'direction'])
					.execute();
				const own = people.filter(({ userId }) => userId === newId);
				expect(own).toHaveLength(1);
				if (newest.text === 'START') {
					expect(own).toMatchObject([{ state: 'active' }]);
				} else {
					expect(people.filter(({ state }) => state === 'active')).toEqual([]);
					const mustKnow = newest.minute < CHANGED_AT && !what.numberChanges ? people : own;
					expect(mustKnow.filter(({ direction }) => direction !== 'out')).toEqual([]);
				}
			}),
			{ numRuns: 60 },
		);
		expect(await verifyConsent(store)).toMatchObject({ valid: true, broken: [] });
	}, 300_000);
});

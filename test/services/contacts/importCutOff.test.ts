import { verifyConsent } from '../../../services/rights/verifyLedger';
import { listContacts } from '../../../services/contacts/contacts';
import { createOrUpdateGroup, listGroups } from '../../../services/contacts/groups';
import type { Store } from '../../../store/store';
import { importFile, inPieces, numberOf } from '../../support/contactFiles';
import { describeStores } from '../../support/stores';

const ROWS = 600;
const options = { groups: ['news'] };
const file = `Phone,WhatsApp,Name,City,Consent source,Consent date\n${Array.from(
	{ length: ROWS },
	(_, index) =>
		`${numberOf(index)},${index % 3 === 0 ? numberOf(index + 5_000) : ''},Person ${index},Rome,${index % 2 === 0 ? 'Paper form,2026-05-03' : ','}`,
).join('\n')}\n`;

async function everything(store: Store) {
	const contacts = (await listContacts(store, { limit: 5_000 })).map(
		({ id: _id, createdAt: _created, updatedAt: _updated, ...contact }) => contact,
	);
	return {
		contacts: contacts.sort((one, other) => String(one.name).localeCompare(String(other.name))),
		members: (await listGroups(store)).map(({ contacts: count }) => count),
		records: await verifyConsent(store),
	};
}

/** A store whose n-th write fails at the last moment, when all of it is done but the commit. */
function failingAt(store: Store, wanted: number): Store {
	let transactions = 0;
	return {
		db: store.db,
		id: store.id,
		ledgerKey: store.ledgerKey,
		guard: store.guard,
		now: () => store.now(),
		read: (work) => store.read(work),
		close: () => store.close(),
		transaction: (work) =>
			store.transaction(async (db) => {
				const result = await work(db);
				if (++transactions === wanted) throw new Error('The power went.');
				return result;
			}),
	};
}

// Several imports each, each with a thread of its own; the machine may be busy.
jest.setTimeout(60_000);

describeStores('An import cut off half way', (context) => {
	let whole: Awaited<ReturnType<typeof everything>> | undefined;

	it('is all or nothing for each chunk, and done again it ends as one run does', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await expect(importFile(failingAt(store, 3), file, options)).rejects.toThrow('The power went.');
		const cut = await everything(store);
		expect(cut.contacts.length).toBeGreaterThan(0);
		expect(cut.contacts.length).toBeLessThan(ROWS);
		expect(cut.members).toEqual([cut.contacts.length]);
		expect(cut.records).toMatchObject({
			valid: true,
			records: cut.contacts.filter(({ smsConsentAt }) => smsConsentAt !== null).length,
		});

		const { summary } = await importFile(store, file, options);
		expect(summary).toMatchObject({
			rows: ROWS,
			created: ROWS - cut.contacts.length,
			unchanged: cut.contacts.length,
			addedToGroups: ROWS - cut.contacts.length,
		});
		whole = await everything(store);
		expect(whole).toMatchObject({ members: [ROWS], records: { valid: true, records: ROWS / 2 } });
	});

	it('one run alone gives the same', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await importFile(store, file, options);
		expect(await everything(store)).toEqual(whole);
	});

	it('a file that breaks off is said, with what is in already', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		async function* breaking(): AsyncGenerator<Uint8Array> {
			for await (const piece of inPieces(file, 40_000)) {
				yield piece;
				throw new Error('The disk is gone.');
			}
		}
		await expect(importFile(store, breaking(), options)).rejects.toThrow('The disk is gone.');
		const cancelled = new AbortController();
		cancelled.abort(new Error('Cancelled.'));
		await expect(importFile(store, file, { ...options, signal: cancelled.signal })).rejects.toThrow('Cancelled.');
		expect(await listContacts(store)).toEqual([]);
		await expect(importFile(store, `${file}"open,${numberOf(1)}`, options)).rejects.toThrow(
			new RegExp(`quotation mark.*${ROWS} rows were imported before that|quotation mark`),
		);
		expect((await importFile(store, file, options)).summary).toMatchObject({ rows: ROWS });
		expect(await everything(store)).toEqual(whole);
	});
});

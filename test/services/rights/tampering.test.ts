import { sql } from 'kysely';

import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { checkRegistrations } from '../../../services/registrations/registrations';
import { acceptFindings } from '../../../services/rights/acceptFindings';
import { erasePerson } from '../../../services/rights/erase';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateSender } from '../../../services/senders/senders';
import type { Store } from '../../../store/store';
import { deliver, message, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const STOPPED = '+393331111111';
const ACTIVE = '+393332222222';
const LISTED = '+393333333333';
const ERASED = '+393334444444';
const LEFT_GROUP = '+393335555555';

/** What somebody with the database, and without the ledger key, does to it. */
interface Tampering {
	does: string;
	run: (store: Store) => Promise<unknown>;
	/** Of whom it is found, and so nothing is sent to them; null: it is found, and of nobody in particular. */
	finds: string | null;
}

const idOf = (phone: string) => sql`(select id from identity where phone = ${phone})`;
const chainOf = (phone: string) => sql`(select id from ledger_chain where identity_id = ${idOf(phone)})`;

/** The newest records of a chain are gone, and its head is set back as if they had never been. */
async function cut(store: Store, phone: string, count: number, seal?: string | null): Promise<void> {
	const records = await store.db
		.selectFrom('consent_record')
		.select(['id', 'sequence', 'hash'])
		.where('chain_id', '=', sql<number>`${chainOf(phone)}`)
		.orderBy('sequence', 'desc')
		.execute();
	await store.db
		.deleteFrom('consent_record')
		.where(
			'id',
			'in',
			records.slice(0, count).map(({ id }) => id),
		)
		.execute();
	const last = records[count];
	await store.db
		.updateTable('ledger_chain')
		.set({ length: last?.sequence ?? 0, head: last?.hash ?? '', ...(seal === undefined ? {} : { seal }) })
		.where('identity_id', '=', sql<number>`${idOf(phone)}`)
		.execute();
}

async function run(store: Store, statement: ReturnType<typeof sql>): Promise<void> {
	await statement.execute(store.db);
}

async function activate(store: Store, phone: string): Promise<void> {
	await run(store, sql`update registration set state = 'active', ended_by = null where identity_id = ${idOf(phone)}`);
	await run(store, sql`delete from consent_word where identity_id = ${idOf(phone)} and direction = 'out'`);
}

async function swapNumbers(store: Store, one: string, other: string): Promise<void> {
	const rename = (from: string, to: string) => run(store, sql`update identity set phone = ${to} where phone = ${from}`);
	await rename(one, '+0');
	await rename(other, one);
	await rename('+0', other);
}

const tamperings: Tampering[] = [
	{
		does: 'takes an opt-out away and makes the registration active',
		run: (store) => activate(store, STOPPED),
		finds: STOPPED,
	},
	{
		does: 'makes an ended registration active',
		run: (store) =>
			run(store, sql`update registration set state = 'active', ended_by = null where identity_id = ${idOf(STOPPED)}`),
		finds: STOPPED,
	},
	{
		does: 'takes an opt-out away',
		run: (store) => run(store, sql`delete from consent_word where identity_id = ${idOf(STOPPED)}`),
		finds: STOPPED,
	},
	{
		does: 'turns an opt-out round',
		run: (store) => run(store, sql`update consent_word set direction = 'in' where identity_id = ${idOf(STOPPED)}`),
		finds: STOPPED,
	},
	{
		does: 'takes back that a group was left',
		run: (store) =>
			run(store, sql`delete from consent_word where identity_id = ${idOf(LEFT_GROUP)} and scope like 'group:%'`),
		finds: LEFT_GROUP,
	},
	{
		does: 'registers somebody who never asked',
		run: (store) =>
			run(
				store,
				sql`insert into registration (sender_id, identity_id, state, since) select s.id, ${idOf(LISTED)}, 'active', 1 from sender s where s.sends_whatsapp = 1`,
			),
		finds: LISTED,
	},
	{
		does: 'cuts the record of a STOP off and sets the head back',
		run: async (store) => {
			await cut(store, STOPPED, 1);
			await activate(store, STOPPED);
		},
		finds: STOPPED,
	},
	{
		does: 'cuts it off and takes the seal away, too',
		run: async (store) => {
			await cut(store, STOPPED, 1, null);
			await activate(store, STOPPED);
		},
		finds: STOPPED,
	},
	{
		does: 'cuts it off, and the person writes again',
		run: async (store) => {
			await cut(store, STOPPED, 1);
			await activate(store, STOPPED);
			await deliver(store, message('START', { phone: STOPPED }));
		},
		finds: STOPPED,
	},
	{
		does: 'changes what a record says',
		run: (store) =>
			run(
				store,
				sql`update consent_record set details = replace(details, 'stop', 'help') where chain_id = ${chainOf(STOPPED)}`,
			),
		finds: STOPPED,
	},
	{
		does: 'takes a record out of the middle',
		run: (store) => run(store, sql`delete from consent_record where chain_id = ${chainOf(STOPPED)} and sequence = 1`),
		finds: STOPPED,
	},
	{
		does: 'empties what the records of somebody say, who was not erased',
		run: (store) =>
			run(store, sql`update consent_record set details = null, salt = null where chain_id = ${chainOf(STOPPED)}`),
		finds: STOPPED,
	},
	{
		does: 'empties them and gives the chain to nobody',
		run: async (store) => {
			await run(store, sql`update consent_record set details = null, salt = null where chain_id = ${chainOf(STOPPED)}`);
			await run(store, sql`update ledger_chain set identity_id = null where id = ${chainOf(STOPPED)}`);
		},
		finds: STOPPED,
	},
	{
		does: 'swaps the numbers of two people',
		run: (store) => swapNumbers(store, STOPPED, ACTIVE),
		finds: STOPPED,
	},
	{
		does: 'swaps the chains of two people',
		run: async (store) => {
			const chains = await store.db
				.selectFrom('ledger_chain as c')
				.innerJoin('identity as i', 'i.id', 'c.identity_id')
				.select(['c.id', 'i.id as identityId', 'i.phone'])
				.where('i.phone', 'in', [STOPPED, ACTIVE])
				.orderBy('i.phone')
				.execute();
			const [one, other] = chains;
			await run(store, sql`update ledger_chain set identity_id = null where id = ${one?.id}`);
			await run(store, sql`update ledger_chain set identity_id = ${one?.identityId} where id = ${other?.id}`);
			await run(store, sql`update ledger_chain set identity_id = ${other?.identityId} where id = ${one?.id}`);
		},
		finds: STOPPED,
	},
	{
		does: 'deletes a whole chain',
		run: async (store) => {
			await run(store, sql`delete from consent_record where chain_id = ${chainOf(STOPPED)}`);
			await run(store, sql`delete from ledger_chain where identity_id = ${idOf(STOPPED)}`);
			await activate(store, STOPPED);
		},
		finds: STOPPED,
	},
	{
		does: 'invents a consent to SMS',
		run: (store) =>
			run(
				store,
				sql`update contact set sms_consent_at = 12345, sms_consent_source = 'invented' where sms_number = ${ACTIVE}`,
			),
		finds: ACTIVE,
	},
	{
		does: 'takes away what was kept of somebody erased',
		run: (store) => run(store, sql`delete from suppression`),
		finds: null,
	},
];

describeStores('What is done to the database without the ledger key', (context) => {
	const say = async (phone: string, text: string) => {
		context().clock.advance(60_000);
		await deliver(context().store, message(text, { phone }));
	};

	beforeEach(async () => {
		const { store, clock } = context();
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: true,
			country: 'IT',
		});
		await createOrUpdateGroup(store, { shortcode: 'news' });
		for (const phone of [STOPPED, ACTIVE, ERASED, LEFT_GROUP]) await say(phone, 'START NEWS');
		await createOrUpdateContact(store, {
			smsNumber: LISTED,
			smsConsent: { source: 'shop', at: clock.now() - 5_000 },
		});
		await say(LEFT_GROUP, 'STOP NEWS');
		await createOrUpdateContact(store, { smsNumber: ACTIVE, whatsAppNumber: ACTIVE });
		await say(STOPPED, 'STOP');
		await erasePerson(store, { number: ERASED });
		clock.advance(60 * 60_000);
		expect(await verifyConsent(store)).toMatchObject({ valid: true, broken: [], contradicted: [] });
	});

	it.each(tamperings)('$does: it is found, and nothing is sent to whom it concerns', async ({ run: tamper, finds }) => {
		const { store } = context();
		await tamper(store);
		const verdict = await verifyConsent(store);
		expect(verdict.valid).toBe(false);
		expect(verdict.broken[0]?.reason).toMatch(/^[A-Z].*\.$/);
		if (finds === null) return;
		const people = await store.db
			.selectFrom('identity')
			.select(['id', 'phone'])
			.where('id', 'in', verdict.contradicted)
			.execute();
		expect(people.map(({ phone }) => phone)).toContain(finds);
		expect(await checkRegistrations(store, { sender: '', numbers: [finds] })).toMatchObject([
			{ reason: 'records contradicted' },
		]);
	});

	it('is settled by an operator who has looked, with name and reason, and a STOP is heard all the while', async () => {
		const { store } = context();
		await activate(store, STOPPED);
		await verifyConsent(store);
		expect(await checkRegistrations(store, { sender: '', numbers: [STOPPED] })).toMatchObject([
			{ reason: 'records contradicted' },
		]);
		await expect(acceptFindings(store, { number: STOPPED, acceptedBy: '', reason: 'x' })).rejects.toThrow('Say who');
		expect(
			await acceptFindings(store, { number: STOPPED, acceptedBy: 'Anna', reason: 'They said yes on the phone' }),
		).toMatchObject({ accepted: true });
		expect(await verifyConsent(store)).toMatchObject({ valid: true, contradicted: [] });
		expect(await checkRegistrations(store, { sender: '', numbers: [STOPPED] })).not.toMatchObject([
			{ reason: 'records contradicted' },
		]);
		await activate(store, STOPPED);
		await say(STOPPED, 'STOP');
		expect(await verifyConsent(store)).toMatchObject({ valid: true });
	});

	it('plays an old state of a chain back, with the seal it had then: it is missing from the count', async () => {
		const { store } = context();
		await say(ACTIVE, 'hello');
		const before = await store.db
			.selectFrom('ledger_chain')
			.selectAll()
			.where('identity_id', '=', sql<number>`${idOf(ACTIVE)}`)
			.executeTakeFirstOrThrow();
		await say(ACTIVE, 'STOP');
		context().clock.advance(60 * 60_000);
		expect(await verifyConsent(store)).toMatchObject({ valid: true });
		await cut(store, ACTIVE, 1, before.seal);
		await activate(store, ACTIVE);
		const verdict = await verifyConsent(store);
		expect(verdict.broken).toMatchObject([{ reason: expect.stringContaining('at the last Verify') as string }]);
	});

	it('is not seen in chains from before there were seals, which are sealed once', async () => {
		const { store } = context();
		await run(store, sql`update ledger_chain set seal = null`);
		await run(
			store,
			sql`delete from consent_record where chain_id = (select id from ledger_chain where kind = 'store')`,
		);
		await run(store, sql`update ledger_chain set length = 0, head = '' where kind = 'store'`);
		expect(await verifyConsent(store)).toMatchObject({ contradicted: [] });
		await run(store, sql`update ledger_chain set seal = null where identity_id = ${idOf(STOPPED)}`);
		expect((await verifyConsent(store)).broken).not.toEqual([]);
	});
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { consentRulesPage } from '../../support/consentRulesPage';
import { World } from '../../support/consentWorld';
import { describeSharedStores } from '../../support/stores';
import { cases } from './consentRules.cases';

const PAGE = join(__dirname, '../../../docs/consent-rules.md');

describeSharedStores('The rules of consent', (context) => {
	let people = 0;
	beforeAll(async () => {
		for (const shortcode of ['news', 'sport']) await createOrUpdateGroup(context().store, { shortcode });
	});

	it.each(cases.map((each): [string, (typeof cases)[number]] => [`${each.rule}. ${each.clause}`, each]))(
		'%s',
		async (_name, each) => {
			const world = new World(context().store, context().clock, ++people);
			const shown = each.of === 'userId' ? null : each.of === 'newPhone' ? world.newPhone : world.phone;
			await world.setUp(each.sender);
			await world.do(each.before);
			expect(await world.state(shown)).toBe(each.from);
			if (each.queued) await world.queue();
			await world.do([each.event]);
			expect(await world.state(shown)).toBe(each.to);
			if (each.told !== undefined) expect(await world.told()).toBe(each.told);
			if (each.queued) expect(await world.stillQueued()).toEqual(each.queued);
			if (each.ledger) expect(await world.recorded()).toEqual(each.ledger);
			if (each.freeText !== undefined) expect(await world.mayBeWritten()).toBe(each.freeText);
			expect(await world.mayBeSent(shown)).toEqual(each.may);
			if (each.reply) {
				context().clock.advance(each.reply.afterMinutes * 60_000);
				for (const answer of each.reply.answers) {
					context().clock.advance(1);
					expect(await world.mayBeAnswered()).toBe(answer);
				}
			}
			// Asking what may be sent has changed nothing; it only makes a number known.
			expect(await world.state(shown)).toBe(each.to === 'unknown' ? 'not registered' : each.to);
		},
	);

	it('leave a ledger that holds', async () => {
		expect(await verifyConsent(context().store)).toMatchObject({ valid: true, broken: [] });
	});
});

describe('The page docs/consent-rules.md', () => {
	it('covers all 14 rules, each clause once', () => {
		expect([...new Set(cases.map(({ rule }) => rule))].sort((one, other) => one - other)).toEqual(
			Array.from({ length: 14 }, (_, index) => index + 1),
		);
		expect(new Set(cases.map(({ rule, clause }) => `${rule} ${clause}`)).size).toBe(cases.length);
	});

	it('is what the cases say', () => {
		const page = consentRulesPage(cases);
		if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, page);
		expect(readFileSync(PAGE, 'utf8')).toBe(page);
	});
});

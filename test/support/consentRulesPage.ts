import type { RuleCase } from '../services/consent/consentRules.cases';

const TITLES = [
	'What is START, STOP and HELP',
	'What registers',
	'STOP',
	'STOP x',
	'START x, waiting, places',
	'Which word counts',
	'What may be sent',
	'What operators may do',
	'What providers report',
	'What is queued',
	'Who answers',
	'Contacts',
	'The ledger',
	'Invitations without a number',
];

const INTRODUCTION = `# The rules of consent, case by case

This page is made from \`test/services/consent/consentRules.cases.ts\`, which the tests run on SQLite and on PostgreSQL: each line is a person
nobody knew before, what happened, and what may then be sent to them by sender A. Planning a campaign and Send are both asked and
must agree; WhatsApp is asked for with an approved template. \`UPDATE_DOCS=1 npx jest --selectProjects services --testPathPatterns consentRules\`
writes it anew, and a test fails where it is out of date.

“STOP” among the states means that the person's STOP holds; “STOP NEWS” that they left that group; “STOP of SMS” that nothing goes out by SMS;
“marketing off” that Meta's own switch for this sender is off. Unless a line says otherwise, senders register by *Any Message* and STOP counts for all senders.
`;

/** The table of cases as a page to read. */
export function consentRulesPage(cases: readonly RuleCase[]): string {
	const rules = TITLES.map((title, index) => {
		const own = cases.filter(({ rule }) => rule === index + 1);
		return `## ${index + 1}. ${title}\n\n| Rule | State before | Event | State after | WhatsApp ad | WhatsApp service | SMS ad | SMS service |\n|---|---|---|---|---|---|---|---|\n${own.map(line).join('\n')}\n`;
	});
	return `${INTRODUCTION}\n${rules.join('\n')}`;
}

function line(each: RuleCase): string {
	const settings = [
		each.sender?.policy === 'keywordOnly'
			? 'Keyword Only'
			: each.sender?.policy === 'keywordOrInvitation'
				? 'Keyword or Invitation'
				: null,
		each.sender?.stopScope === 'thisSender' ? 'This Sender Only' : null,
	].filter((setting) => setting !== null && !each.clause.startsWith(setting));
	const clause = settings.length === 0 ? each.clause : `${each.clause} *(${settings.join(', ')})*`;
	const history = each.before.map(({ said }) => said).join(', ');
	const before = history === '' ? each.from : `**${each.from}** after ${history}`;
	const also = [
		each.told === undefined ? null : `told as ${each.told}`,
		each.queued === undefined
			? null
			: `of four messages queued ${each.queued.length === 0 ? 'none is left' : each.queued.length === 4 ? 'all stay' : `these stay: ${each.queued.join(', ')}`}`,
		each.reply === undefined
			? null
			: `Reply after ${each.reply.afterMinutes} minutes: ${each.reply.answers.join(', then ')}`,
		each.freeText === undefined ? null : `free text: ${each.freeText}`,
		each.ledger === undefined ? null : `ledger: ${each.ledger.join(', ')}`,
	].filter((note) => note !== null);
	const after = `**${each.to}**${also.length === 0 ? '' : `; ${also.join('; ')}`}`;
	return `| ${[clause, before, each.event.said, after, ...each.may].map(cell).join(' | ')} |`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

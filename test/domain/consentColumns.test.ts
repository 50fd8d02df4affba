import fc from 'fast-check';

import { fieldColumnName, readHeader } from '../../domain/contactFile/columns';
import { isRejected, readRow } from '../../domain/contactFile/row';

const now = Date.UTC(2026, 6, 1);
const given = { source: 'Website form', at: Date.UTC(2026, 1, 1) };

/** Whether a row with these cells beside its number takes the consent that the operator gives for the whole file. */
function consentOf(names: string[], cells: string[]): string {
	const columns = readHeader(['Mobile', ...names], []);
	const row = readRow(2, ['+393331234567', ...cells], { columns, country: 'IT', now, smsConsent: given });
	if (isRejected(row)) return row.reason;
	expect(row.smsConsentAt === null).toBe(row.consentRefusal !== null);
	return row.smsConsentAt === null ? 'no' : 'yes';
}

/** Column, what it says of people who left, and of people who did not. */
const EXPORTS: Array<[program: string, column: string, no: string[], yes: string[]]> = [
	['Mailchimp', 'Status', ['unsubscribed', 'Cleaned', 'Non-Subscribed', 'Transactional'], ['subscribed', 'Subscribed']],
	['Mailchimp', 'UNSUB_TIME', ['2026-02-01 10:00:00'], ['', '0000-00-00 00:00:00']],
	['Mailchimp', 'CLEAN_TIME', ['2026-02-01 10:00:00'], ['']],
	['Mailchimp', 'UNSUB_REASON', ['NORMAL: no longer interested'], ['']],
	['Klaviyo', 'SMS Marketing Consent', ['UNSUBSCRIBED', 'NEVER_SUBSCRIBED', ''], ['SUBSCRIBED']],
	['Klaviyo', 'Email Suppressions', ["['USER_SUPPRESSED']", 'HARD_BOUNCE'], ['[]', '']],
	['Brevo', 'SMS_BLACKLISTED', ['1', 'true', 'Yes'], ['0', 'false', 'No', '']],
	['Brevo', 'BLACKLISTED', ['1'], ['0']],
	['Brevo', 'DOUBLE_OPT-IN', ['No', '2', ''], ['Yes', '1']],
	['HubSpot', 'Unsubscribed from all email', ['Yes', 'true'], ['No', 'false', '']],
	['HubSpot', 'Opted out of email: Marketing Information', ['Yes'], ['No', '']],
	['HubSpot', 'Marketing contact status', ['Non-marketing contact'], ['Marketing contact']],
	['ActiveCampaign', 'Status', ['Unsubscribed', 'Bounced', 'Unconfirmed'], ['Active']],
	['ActiveCampaign', 'Unsubscribe Reason', ['Manual'], ['']],
	['Twilio', 'OptOutType', ['STOP'], ['START', '']],
	['Shopify', 'Accepts SMS Marketing', ['no', 'No', ''], ['yes']],
	['Shopify', 'SMS Marketing: Status', ['unsubscribed', 'not_subscribed', 'pending', 'redacted'], ['subscribed']],
	['WooCommerce', 'mailchimp_woocommerce_is_subscribed', ['0', 'no', ''], ['1']],
	['WooCommerce', 'sms_consent', ['0', 'no'], ['1', 'yes']],
	['Salesforce', 'HasOptedOutOfEmail', ['1', 'TRUE'], ['0', 'FALSE']],
	['Salesforce', 'DoNotCall', ['true'], ['false']],
	['CleverReach', 'deactivated', ['1767225600', '2026-01-01 10:00:00'], ['0', '']],
	['CleverReach', 'activated', ['0'], ['1767225600']],
	['CleverReach', 'active', ['false', '0', 'inactive'], ['true', '1']],
	['CleverReach', 'bounced', ['1767225600'], ['0']],
	['rapidmail', 'status', ['unsubscribed', 'abuse', 'bounced', 'deleted'], ['active', 'new']],
	['MailPoet', 'Global status', ['Unsubscribed', 'Inactive', 'Bounced', 'Unconfirmed'], ['Subscribed']],
	['by hand', 'SMS opt-out', ['yes', 'x', 'ja', '2026-05-01', 'STOP', 'phoned us'], ['no', '', '-', 'n/a', 'never']],
	['by hand', 'smsOptOut', ['yes'], ['no']],
	['by hand', 'SMS_OPT_IN', ['false', '0', 'N', '', 'perhaps'], ['true', '1', 'Y', '2026-05-01']],
	['by hand', 'SMS consent', ['no', 'withdrawn', '?', 'unsubscribed on 2 May'], ['yes', 'x', '✓', 'given']],
	['by hand', 'Email/sms suppressed', ['yes', 'TRUE'], ['no', '']],
	['by hand', 'Unsubscribed at', ['2026-05-01T10:00:00Z'], ['']],
	['by hand', 'Tags', ['VIP, Unsubscribed'], ['VIP, Newsletter']],
	['Italian', 'Consenso SMS', ['No', 'revocato', ''], ['Sì', 'si']],
	['Italian', 'Stato', ['disiscritto', 'Cancellata', 'inattivo'], ['iscritto', 'Nuovo']],
	['Italian', 'Disiscritto il', ['03.05.2026'], ['']],
	['German', 'Newsletter', ['nein', '', 'abgemeldet'], ['ja', 'angemeldet']],
	['German', 'Werbung', ['nein', 'keine'], ['ja']],
	['German', 'Status', ['abgemeldet', 'Inaktiv', 'gesperrt'], ['aktiv', 'Stammkunde']],
	['German', 'Kein Newsletter', ['ja', 'x'], ['nein', '']],
	['German', 'Abmeldedatum', ['03.05.2026'], ['']],
	['German', 'Einwilligung', ['widerrufen am 3.5.', 'nein'], ['ja', '03.05.2026']],
	['French', 'Statut', ['désabonné', 'Désinscrite', 'inactif'], ['abonné']],
	['French', 'Consentement SMS', ['non'], ['oui']],
	['Spanish', 'Estado', ['baja', 'dado de baja', 'Inactivo'], ['alta', 'suscrito']],
	['Spanish', 'Acepta SMS', ['no'], ['sí']],
	['Portuguese', 'Descadastrado', ['sim'], ['não', '']],
	['Dutch', 'Uitgeschreven', ['ja', '2026-05-01'], ['nee', '']],
	['Dutch', 'Toestemming', ['nee'], ['ja']],
];

describe('A column that says who left', () => {
	it.each(EXPORTS)('%s: "%s" makes no yes of a no', (_program, column, no, yes) => {
		for (const cell of no) expect([cell, consentOf([column], [cell])]).toEqual([cell, 'no']);
		for (const cell of yes) expect([cell, consentOf([column], [cell])]).toEqual([cell, 'yes']);
	});

	it('holds whatever else the row says', () => {
		const columns = fc.shuffledSubarray(EXPORTS, { minLength: 1, maxLength: 5 });
		fc.assert(
			fc.property(columns, fc.nat(), fc.nat(), (chosen, which, answer) => {
				const distinct = chosen.filter(
					([, name], index) => chosen.findIndex(([, other]) => other.toLowerCase() === name.toLowerCase()) === index,
				);
				const left = which % distinct.length;
				const cells = distinct.map(([, , no, yes], index) => {
					const answers = index === left ? no : yes;
					return answers[answer % answers.length] ?? '';
				});
				// A word of e-mail alone yields to a clear yes to SMS.
				fc.pre(!/email|newsletter/i.test(distinct[left]?.[1] ?? '') || !distinct.some(([, name]) => /sms/i.test(name)));
				expect(
					consentOf(
						distinct.map(([, name]) => name),
						cells,
					),
				).toBe('no');
			}),
			{ numRuns: 1_000 },
		);
	});

	it.each([
		'Marital status',
		'Order status',
		'Lead Status',
		'Subscription plan',
		'Subscriber ID',
		'Unsubscribe link',
		'Consent text',
		'OPTIN_IP',
		'Marketing source',
		'Block',
		'City',
		'Notes',
		'Birthday',
		'Stop',
		'E-Mail',
		'Company',
		'Laptop',
		'Shop Outlet',
		'Spambot',
		'Active since',
	])('is not one that says something else: %s', (column) => {
		for (const cell of ['pending', 'Pro', '0', 'no', ''])
			expect(consentOf([column], [column === 'Stop' && cell !== '' ? 'no' : cell])).toBe('yes');
	});

	it('about e-mail alone yields to a clear yes to SMS, and to nothing less', () => {
		expect(consentOf(['Accepts Email Marketing', 'Accepts SMS Marketing'], ['no', 'yes'])).toBe('yes');
		expect(consentOf(['Accepts Email Marketing', 'Accepts SMS Marketing'], ['no', ''])).toBe('no');
		expect(consentOf(['EMAIL_BLACKLISTED', 'SMS_BLACKLISTED'], ['1', '0'])).toBe('no');
		expect(consentOf(['Status', 'SMS consent'], ['unsubscribed', 'yes'])).toBe('no');
	});

	it('is left alone where the operator ignores it, and heeded as a field of another name', () => {
		const read = (meaning: 'ignore' | 'field') =>
			readRow(2, ['+393331234567', 'inactive'], {
				columns: readHeader(['Mobile', 'Status'], [{ column: 'Status', meaning, fieldName: 'Machine' }]),
				country: 'IT',
				now,
				smsConsent: given,
			});
		expect(read('ignore')).toMatchObject({ smsConsentAt: given.at, consentRefusal: null });
		expect(read('field')).toMatchObject({
			smsConsentAt: null,
			consentRefusal: { column: 'Status', reason: 'The row says "inactive".' },
			fields: { Machine: 'inactive' },
		});
	});

	it('is a plain field when an export of ours names it so', () => {
		expect(fieldColumnName('Newsletter')).toBe('field:Newsletter');
		expect(consentOf(['field:Newsletter'], ['no'])).toBe('yes');
	});
});

describe('The source of a consent', () => {
	const read = (source: string, date = '2026-05-03') =>
		readRow(2, ['+393331234567', source, date], {
			columns: readHeader(['Mobile', 'Consent source', 'Consent date'], []),
			country: 'IT',
			now,
		});

	it.each([
		'withdrawn',
		'none',
		'no',
		'-',
		'n/a',
		'keine',
		'nein',
		'unsubscribed',
		'widerrufen',
		'nessuno',
		'aucun',
		'unknown',
		'?',
		'false',
		'0',
		'withdrawn on 2 May',
		'Keine Einwilligung',
		'not given',
		'Opted out',
		'STOP',
		'désabonné',
		'revocato',
		'sin consentimiento',
	])('that says no (%s) is none', (source) => {
		expect(read(source)).toMatchObject({ smsConsentAt: null, smsConsentSource: null });
	});

	it.each(['Website form', 'Modulo cartaceo', 'No. 12 of the forms', 'Notary', 'Nina, at the fair', 'Stopover fair'])(
		'that says where (%s) is one',
		(source) => {
			expect(read(source)).toMatchObject({ smsConsentSource: source, consentRefusal: null });
		},
	);

	it.each(['0000-00-00 00:00:00', '0000-00-00', '00.00.0000'])(
		'with the day of databases for none (%s) is half of one',
		(date) => {
			expect(read('Form', date)).toMatchObject({ smsConsentAt: null, consentIncomplete: true });
		},
	);

	it.each(['45414', '1899-12-31', '1970-01-01', '2027-01-01', '31.02.2026', '1/0/1900', 'yesterday', '5/13/2026'])(
		"with a day that is none, or cannot be (%s), is the row's own fault",
		(date) => {
			expect(read('Form', date)).toMatchObject({
				column: 'Consent date',
				reason: expect.stringContaining(date) as string,
			});
		},
	);
});

/**
 * A line is what stands behind a phone number, whatever its form. In some countries one mobile line has two numbers that are
 * both in use: the one dialled today, and the one by which WhatsApp knows accounts that are older than a change of the
 * numbering plan. Everything that matches people goes by the line, which is written in the form dialled today.
 */
interface DoubleForm {
	country: string;
	/** An E.164 number in the older form; what it captures goes into `dialled`. */
	older: RegExp;
	/** The same line as dialled today. */
	dialled: string;
	/** The dialled form, and the older one that belongs to it. */
	from: RegExp;
	to: string;
	why: string;
}

/**
 * One to one in both directions, so that no two people become one: where a plan's change could not be undone without
 * knowing more than the number (Ivory Coast's operator prefixes are told by the second old digit, so they can), it is not here.
 */
const DOUBLE_FORMS: readonly DoubleForm[] = [
	{
		country: 'BR',
		older: /^\+55([1-9][1-9])([6-9]\d{7})$/,
		dialled: '+55$19$2',
		from: /^\+55([1-9][1-9])9([6-9]\d{7})$/,
		to: '+55$1$2',
		why: 'Mobile numbers got a ninth digit by 2016; WhatsApp keeps older accounts without it outside area codes 11–28 (support.gupshup.io: inconsistencies for mobile numbers and their WhatsApp IDs in Brazil and Mexico). Landlines begin with 2 to 5 and have one form.',
	},
	{
		country: 'MX',
		older: /^\+521([2-9]\d{9})$/,
		dialled: '+52$1',
		from: /^\+52([2-9]\d{9})$/,
		to: '+521$1',
		why: 'The 1 for mobiles is no longer dialled since 2019; WhatsApp ids keep it (same source; github.com/chatwoot/chatwoot/issues/14048).',
	},
	{
		country: 'AR',
		older: /^\+54([1-8]\d{9})$/,
		dialled: '+549$1',
		from: /^\+549([1-8]\d{9})$/,
		to: '+54$1',
		why: 'A mobile is dialled with 9 from abroad and written without it at home; WhatsApp ids are told in both ways (github.com/chatwoot/chatwoot/pull/14264). Landlines and mobiles share no number.',
	},
	{
		country: 'BJ',
		older: /^\+229([4-9]\d{7})$/,
		dialled: '+22901$1',
		from: /^\+22901([4-9]\d{7})$/,
		to: '+229$1',
		why: 'All numbers got 01 in front on 30 November 2024 (github.com/mobi/telephone_number/issues/138).',
	},
	...(
		[
			['07', '789'],
			['05', '456'],
			['01', '0123'],
		] as const
	).map(([operator, second]) => ({
		country: 'CI',
		older: new RegExp(`^\\+225(\\d[${second}]\\d{6})$`),
		dialled: `+225${operator}$1`,
		from: new RegExp(`^\\+225${operator}(\\d[${second}]\\d{6})$`),
		to: '+225$1',
		why: 'Mobiles got the prefix of their operator on 31 January 2021: 07 Orange, 05 MTN, 01 Moov, told by the second digit (ARTCI).',
	})),
];

/** The line of an E.164 number, in the form dialled today. Most numbers are their own line. */
export function lineOf(phone: string): string {
	const form = DOUBLE_FORMS.find(({ older }) => older.test(phone));
	return form === undefined ? phone : phone.replace(form.older, form.dialled);
}

/** All E.164 numbers of a line, the dialled one first. */
export function formsOf(phone: string): string[] {
	const line = lineOf(phone);
	return [line, ...DOUBLE_FORMS.filter(({ from }) => from.test(line)).map(({ from, to }) => line.replace(from, to))];
}

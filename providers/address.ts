import { lineOf } from '../domain/line';

/**
 * An international number as providers write it (`4366012345678`, `+43 660 1234-5678`, `0043…`) in E.164 with `+`;
 * null for anything that is none: national numbers, short codes, names.
 */
export function internationalToE164(address: string): string | null {
	const digits = address.replace(/[\s().-]/g, '').replace(/^(\+|00)/, '');
	return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : null;
}

/** The line of an international number as a provider tells it, and the form it was told in where that is not the one dialled. */
export interface ToldNumber {
	/** E.164 with `+`, as dialled today; null for what is no international number. */
	phone: string | null;
	/** E.164 with `+`; null where it is the dialled form. */
	toldPhone: string | null;
}

export function toldNumber(address: string): ToldNumber {
	const told = internationalToE164(address);
	const phone = told === null ? null : lineOf(told);
	return { phone, toldPhone: told === phone ? null : told };
}

/** E.164 as providers want it: digits only. */
export function withoutPlus(phone: string): string {
	return phone.replace(/^\+/, '');
}

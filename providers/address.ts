/**
 * An international number as providers write it (`4366012345678`, `+43 660 1234-5678`, `0043…`) in E.164 with `+`;
 * null for anything that is none: national numbers, short codes, names.
 */
export function internationalToE164(address: string): string | null {
	const digits = address.replace(/[\s().-]/g, '').replace(/^(\+|00)/, '');
	return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : null;
}

/** E.164 as providers want it: digits only. */
export function withoutPlus(phone: string): string {
	return phone.replace(/^\+/, '');
}

/** So many last digits a line keeps, with and without its prefix, before and after a change of the numbering plan. */
const LAST_DIGITS = 7;

/** Whether what somebody typed may mean this person: their user id, or a number that ends as theirs does. */
export function isSameAddress(
	typed: string,
	{ phone, whatsAppUserId }: { phone: string | null; whatsAppUserId: string | null },
): boolean {
	if (typed.trim() === whatsAppUserId) return true;
	const digits = typed.replace(/\D/g, '').slice(-LAST_DIGITS);
	return phone !== null && digits !== '' && phone.slice(-digits.length) === digits;
}

/** Countries whose mobile numbers are written with and without a digit behind the country code or area (Mexico 1, Argentina 9, Brazil 9). */
const WRITTEN_TWO_WAYS = /^\+(52|54|55)/;
const SUBSCRIBER_DIGITS = 8;

/** Whether two E.164 numbers are one line: WhatsApp still shows some countries' numbers in an older way of writing. */
export function isSameNumber(one: string, other: string): boolean {
	if (one === other) return true;
	const country = WRITTEN_TWO_WAYS.exec(one)?.[1];
	return (
		country !== undefined &&
		WRITTEN_TWO_WAYS.exec(other)?.[1] === country &&
		one.slice(-SUBSCRIBER_DIGITS) === other.slice(-SUBSCRIBER_DIGITS)
	);
}

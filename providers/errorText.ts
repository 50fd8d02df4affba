const longestDetail = 300;

/**
 * What a provider said, fit for a log: providers quote tokens and phone numbers in their messages
 * (Meta: `Malformed access token EAAB…`), so long runs of letters and digits and long numbers are cut to a hint.
 */
export function safeDetail(text: string): string {
	return text
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, longestDetail)
		.replace(/[A-Za-z0-9_.-]*\d[A-Za-z0-9_.-]{23,}|[A-Za-z0-9_-]{32,}/g, '…')
		.replace(/\+?\d(?:[\s()-]?\d){6,}/g, (number) => `…${number.slice(-3)}`);
}

/** Our sentence, followed by the provider's own words where there are some. */
export function withDetail(sentence: string, source: string, detail: string | undefined): string {
	const said = detail === undefined ? '' : safeDetail(detail);
	return said === '' ? `${sentence} (${source})` : `${sentence} (${source}: ${said})`;
}

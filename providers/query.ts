/** The query of a request's path, which need not be a path that `URL` accepts. */
export function queryOf(url: string): URLSearchParams {
	const start = url.indexOf('?');
	return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

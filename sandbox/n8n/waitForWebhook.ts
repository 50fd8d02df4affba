/**
 * Waits until n8n has registered a webhook: it answers 404 for a moment after it is ready or after publishing.
 * The call is a GET with nothing in it, which our triggers answer without making anything of it.
 * @throws {Error} when it still answers 404, or does not answer, after that time
 */
export async function waitForWebhook(url: string, timeoutMs: number): Promise<void> {
	let last = 'did not answer';
	for (const giveUpAt = Date.now() + timeoutMs; Date.now() < giveUpAt;) {
		const status = await statusOf(url);
		if (status !== 0 && status !== 404) return;
		last = status === 0 ? 'did not answer' : 'answered 404';
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	throw new Error(`The webhook ${url} ${last} for ${Math.round(timeoutMs / 1_000)} s: is its workflow published?`);
}

async function statusOf(url: string): Promise<number> {
	try {
		const response = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: 'manual' });
		await response.arrayBuffer();
		return response.status;
	} catch {
		return 0;
	}
}

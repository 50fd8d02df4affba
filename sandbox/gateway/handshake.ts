import { metaAccount } from '../accounts';

/**
 * Meta's GET handshake with a callback URL.
 * @throws {Error} with what was answered, unless it is 200 with the challenge
 */
export async function shakeHands(url: string, verifyToken: string = metaAccount.verifyToken): Promise<void> {
	const challenge = String(1_000_000_000 + Math.floor(Math.random() * 1_000_000_000));
	const asked = new URL(url);
	asked.searchParams.set('hub.mode', 'subscribe');
	asked.searchParams.set('hub.challenge', challenge);
	asked.searchParams.set('hub.verify_token', verifyToken);
	const response = await fetch(asked, { signal: AbortSignal.timeout(15_000) });
	const body = await response.text();
	if (response.status === 200 && body === challenge) return;
	throw new Error(
		`The callback URL was not verified: ${url} answered HTTP ${response.status} ${JSON.stringify(body.slice(0, 200))} where the challenge ${challenge} was expected.`,
	);
}

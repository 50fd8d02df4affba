import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Compares two secrets without telling by its duration where or in which length they differ. */
export function equalInConstantTime(given: string, expected: string): boolean {
	// Digests have one length, which timingSafeEqual asks for, whatever was given.
	const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
	return timingSafeEqual(digest(given), digest(expected));
}

export interface HmacClaim {
	algorithm: 'sha256' | 'sha1';
	encoding: 'hex' | 'base64';
	secret: string;
	/** The very bytes that were signed: a body parsed and written again has another signature. */
	signed: Buffer | string;
	/** As it came, without any prefix; undefined where it is missing. */
	signature: string | undefined;
}

/** Whether a signature is right. Without a secret none is: a webhook that cannot be checked is not believed. */
export function hmacMatches(claim: HmacClaim): boolean {
	if (claim.secret === '' || claim.signature === undefined) return false;
	const expected = createHmac(claim.algorithm, claim.secret).update(claim.signed).digest(claim.encoding);
	return equalInConstantTime(claim.signature, expected);
}

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { equalInConstantTime, hmacMatches } from '../../providers/signature';

test('two texts are equal in constant time exactly when they are equal', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
			expect(equalInConstantTime(a, a)).toBe(true);
			expect(equalInConstantTime(a, b)).toBe(a === b);
		}),
	);
});

test('a signature of SHA-1 in base64 is verified, as the next provider needs it', () => {
	// Twilio's published vector.
	const signed =
		'https://mycompany.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675309Digits1234From+14158675309To+18005551212';
	const claim = {
		algorithm: 'sha1',
		encoding: 'base64',
		secret: '12345',
		signed,
		signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
	} as const;
	expect(hmacMatches(claim)).toBe(true);
	expect(hmacMatches({ ...claim, secret: '12346' })).toBe(false);
});

test('without a secret no signature is right, not even one made with the empty secret', () => {
	const signature = createHmac('sha256', '').update('body').digest('hex');
	expect(hmacMatches({ algorithm: 'sha256', encoding: 'hex', secret: '', signed: 'body', signature })).toBe(false);
});

test('a body with any single byte changed no longer has its signature', () => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, change) => {
			const signed = Buffer.from(bytes);
			const signature = createHmac('sha256', 'appsecret').update(signed).digest('hex');
			const claim = { algorithm: 'sha256', encoding: 'hex', secret: 'appsecret', signature } as const;
			const forged = Buffer.from(bytes);
			const index = at % forged.length;
			forged[index] = (forged[index] ?? 0) ^ change;
			expect(hmacMatches({ ...claim, signed })).toBe(true);
			expect(hmacMatches({ ...claim, signed: forged })).toBe(false);
		}),
	);
});

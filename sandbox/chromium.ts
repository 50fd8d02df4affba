import { existsSync } from 'node:fs';

const places = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of this machine for the browser tests; OPTIN_CHROMIUM names another. Undefined: there is none. */
export function findChromium(): string | undefined {
	const named = process.env['OPTIN_CHROMIUM'];
	return named ?? places.find((place) => existsSync(place));
}

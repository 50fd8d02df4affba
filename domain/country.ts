import { isSupportedCountry } from 'libphonenumber-js/max';

import { InvalidInputError } from './errors';

/** @returns ISO 3166 alpha-2 in capitals. @throws {InvalidInputError} for what is no country. */
export function readCountry(text: string): string {
	const country = text.trim().toUpperCase();
	if (!isSupportedCountry(country))
		throw new InvalidInputError(`"${text.slice(0, 20)}" is not a country code. Use two letters, e.g. IT, AT or DE.`);
	return country;
}

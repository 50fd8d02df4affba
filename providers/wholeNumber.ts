import { z } from 'zod/v4';

/** A whole number that providers write now as a number, now as a string. */
export const wholeNumber = z.union([
	z.number().int(),
	z
		.string()
		.regex(/^\d{1,15}$/)
		.transform(Number),
]);

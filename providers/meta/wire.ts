import { z } from 'zod/v4';
import { errorSchema } from '../whatsapp/wire';

/** What Meta's Cloud API answers to requests. Every schema lets fields through that it does not know. */

export const sentSchema = z.object({
	messages: z.tuple([z.object({ id: z.string().min(1) })], z.unknown()),
	/** Under which id Meta knows the recipient: not always the number that was dialled. */
	contacts: z
		.array(z.object({ wa_id: z.string().nullish().catch(undefined), user_id: z.string().nullish().catch(undefined) }))
		.nullish()
		.catch(undefined),
});

/** The answer to a question after a phone number or the token's owner. */
export const knownSchema = z.object({ id: z.string().min(1) });

/** Meta's errors have a trace id or a type; a gateway's JSON may look the same but for them. */
export const sendErrorSchema = z.object({
	error: errorSchema.extend({ fbtrace_id: z.string().nullish().catch(undefined), type: z.unknown() }),
});

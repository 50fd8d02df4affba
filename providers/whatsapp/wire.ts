import { z } from 'zod/v4';
import { wholeNumber } from '../wholeNumber';
import { flowAnswers } from './flowAnswers';

/**
 * WhatsApp's JSON, as the Cloud API writes webhooks and LINK Mobility passes them through. Every schema lets fields through that it
 * does not know.
 * Lists in webhooks are lists of `unknown`: each element passes its own schema, so that a malformed one loses no other.
 */

/** Names and words are read however they are written: a digit too few quotation marks must lose no STOP. */
const scalar = z.union([z.string(), z.number().transform(String)]);
/** Empty means missing; so does what can be no id. */
const optionalId = scalar.nullish().catch(undefined);

export const errorSchema = z.object({
	code: wholeNumber,
	error_subcode: wholeNumber.nullish().catch(undefined),
	message: z.string().nullish().catch(undefined),
	title: z.string().nullish().catch(undefined),
	error_data: z.object({ details: z.string().optional() }).nullish().catch(undefined),
});

export type WhatsAppError = z.output<typeof errorSchema>;

/** Looked at, not gone through: of a million elements each is read when it is its turn. One alone may stand without its list. */
const list = z
	.custom<object>((value) => typeof value === 'object' && value !== null)
	.transform((value): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]));

export const notificationSchema = z.object({ entry: list });

export const entrySchema = z.object({ id: z.unknown(), changes: list });

export const changeSchema = z.object({ field: z.string(), value: z.unknown() });

/** The value of a change in one of the fields `messages`, `standby` and `user_preferences`. */
export const valueSchema = z.object({
	metadata: z.object({ display_phone_number: optionalId, phone_number_id: optionalId }).nullish().catch(undefined),
	contacts: list.optional().catch(undefined),
	messages: z.unknown(),
	statuses: z.unknown(),
	user_preferences: z.unknown(),
});

const id = scalar.pipe(z.string().min(1));
export const contactSchema = z.object({
	profile: z.object({ name: z.string().nullish() }).nullish().catch(undefined),
	wa_id: optionalId,
	user_id: optionalId,
	parent_user_id: optionalId,
});

/** What all messages have. Since 2026 `from` may be missing: the person is then known by `from_user_id`, or that of the parent business. */
export const messageSchema = z.object({
	/** Null: made of the content. */
	id: id.nullable().catch(null),
	from: optionalId,
	from_user_id: optionalId,
	from_parent_user_id: optionalId,
	timestamp: z.unknown(),
	type: z.string().min(1),
});

/** The words in a message, and what its button carries unseen. */
export interface Words {
	text: string | null;
	buttonPayload: string | null;
}

const onlyText = (text: string | null | undefined): Words => ({ text: text ?? null, buttonPayload: null });
const caption = z.object({ caption: optionalId }).optional().catch(undefined);
/** Some answers carry only what is unseen, which counts as well. */
const reply = z
	.object({ id: optionalId, title: optionalId })
	.transform(({ id: payload, title }): Words => ({ text: title ?? payload ?? null, buttonPayload: payload ?? null }));

/** Where the words are, by type of message. Types not listed have none. */
const wordsSchemas = new Map<string, z.ZodType<Words>>([
	['text', z.object({ text: z.object({ body: scalar.nullish() }) }).transform(({ text }) => onlyText(text.body))],
	[
		'button',
		z.object({ button: z.object({ payload: optionalId, text: optionalId }) }).transform(({ button }) => ({
			text: button.text ?? button.payload ?? null,
			buttonPayload: button.payload ?? null,
		})),
	],
	[
		'interactive',
		z
			.object({
				interactive: z.union([
					z.object({ button_reply: reply }).transform((interactive) => interactive.button_reply),
					z.object({ list_reply: reply }).transform((interactive) => interactive.list_reply),
					z
						.object({ type: z.literal('nfm_reply'), nfm_reply: z.object({ response_json: z.unknown() }) })
						.transform(({ nfm_reply: form }) => onlyText(flowAnswers(form.response_json))),
					z.object({ type: z.string() }).transform(() => onlyText(null)),
				]),
			})
			.transform(({ interactive }) => interactive),
	],
	[
		'order',
		z
			.object({ order: z.object({ text: optionalId }).nullish().catch(undefined) })
			.transform(({ order }) => onlyText(order?.text)),
	],
	['image', z.object({ image: caption }).transform(({ image }) => onlyText(image?.caption))],
	['video', z.object({ video: caption }).transform(({ video }) => onlyText(video?.caption))],
	['document', z.object({ document: caption }).transform(({ document }) => onlyText(document?.caption))],
]);

/** An edited message: what it says now. The text it had is not told. */
const editSchema = z.object({ edit: z.object({ message: z.looseObject({ type: z.string() }) }) });

/** The words of a message; null where it is none of its type. */
export function wordsOf(type: string, element: unknown): z.ZodSafeParseResult<Words> {
	if (type === 'edit') {
		const edited = editSchema.safeParse(element);
		const { message } = edited.data?.edit ?? {};
		return message && message.type !== 'edit' ? wordsOf(message.type, message) : NO_WORDS;
	}
	return wordsSchemas.get(type)?.safeParse(element) ?? NO_WORDS;
}

const NO_WORDS = { success: true, data: onlyText(null) } as const;

/** Interactive answers that are no choice from what the company offered have a type of their own. */
const interactiveType = z.object({ interactive: z.object({ type: z.string().min(1) }) });
const groupId = z.object({ group_id: z.string().min(1) });
const forwarded = z.object({
	context: z.union([z.object({ forwarded: z.literal(true) }), z.object({ frequently_forwarded: z.literal(true) })]),
});

/** The type that a message goes by with us: of an interactive answer its own, in a group that of a group, passed on that of what is passed on. */
export function messageTypeOf(type: string, element: unknown): string {
	const own = type === 'interactive' ? (interactiveType.safeParse(element).data?.interactive.type ?? type) : type;
	const named = own === 'button_reply' || own === 'list_reply' ? type : own;
	if (groupId.safeParse(element).success) return `group_${named}`;
	return forwarded.safeParse(element).success ? `forwarded_${named}` : named;
}

const KNOWN_OF_MESSAGE = new Set([
	'id',
	'from',
	'from_user_id',
	'from_parent_user_id',
	'timestamp',
	'type',
	'text',
	'button',
]);
const CONTENT_CHARACTERS = 16_000;
const CONTENT_FIELDS = 500;
/** SQLite reads JSON of 1,000 levels at most, and what follows a level by a call of its own still less. */
const CONTENT_LEVELS = 50;

/** NUL and half a surrogate pair, as JSON writes them: PostgreSQL takes neither. */
const NOT_STORABLE = /\\u0000|\\ud[89a-f][0-9a-f]{2}/gi;

/** Null where it is nested too deep to be written. */
function textOf(content: unknown): string | null {
	try {
		return JSON.stringify(content);
	} catch {
		return null;
	}
}

/** How deep JSON is nested. */
function levelsOf(json: string): number {
	let [level, deepest] = [0, 0];
	for (const [sign] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
		if (sign === '[' || sign === '{') deepest = Math.max(deepest, ++level);
		else if (sign === ']' || sign === '}') level--;
	}
	return deepest;
}

/** What a message holds beside its words, for the workflow: nothing that the provider told is dropped unseen. */
export function contentOf(element: unknown): Record<string, unknown> | undefined {
	const entries = Object.entries(element as Record<string, unknown>).filter(([name]) => !KNOWN_OF_MESSAGE.has(name));
	if (entries.length === 0) return undefined;
	const text = entries.length > CONTENT_FIELDS ? null : textOf(Object.fromEntries(entries));
	return text !== null && text.length <= CONTENT_CHARACTERS && levelsOf(text) <= CONTENT_LEVELS
		? (JSON.parse(text.replace(NOT_STORABLE, '\\ufffd')) as Record<string, unknown>)
		: {
				tooLong: true,
				fields: entries.map(([name]) => name.slice(0, 100).replace(/[\0\p{Surrogate}]/gu, '\ufffd')).slice(0, 50),
			};
}

/**
 * Of a message of type contacts: the person's own card, sent by a tap on the button that asks for it (kapso and WATI document the origin;
 * cards of others have another). Only the number under which WhatsApp knows them is theirs for sure.
 */
export const ownCardSchema = z.object({
	contacts: z.tuple([
		z.object({ origin: z.literal('contact_request'), phones: z.tuple([z.object({ wa_id: scalar })], z.unknown()) }),
	]),
});

/** Of a message of type system. Older versions of the API name the new number `new_wa_id`; `user_id` is the new user id. */
export const accountChangeSchema = z.object({
	system: z.object({
		type: z.enum(['user_changed_number', 'customer_changed_number', 'user_changed_user_id']),
		body: z.string().nullish().catch(undefined),
		wa_id: optionalId,
		new_wa_id: optionalId,
		user_id: optionalId,
		previous_user_id: optionalId,
		previous_parent_user_id: optionalId,
	}),
});

/** Of a message of type system: the switch for marketing messages, told where messages are. */
export const preferenceNoticeSchema = z.object({
	system: z
		.object({
			type: z.string().regex(/preference/),
			marketing: z.unknown(),
			marketing_messages: z.unknown(),
			value: z.unknown(),
		})
		.transform(({ marketing, marketing_messages, value }) => marketing ?? marketing_messages ?? value)
		.pipe(z.enum(['stop', 'resume'])),
});

export const statusSchema = z.object({
	id,
	status: z.string().min(1),
	timestamp: z.unknown(),
	recipient_id: optionalId,
	recipient_user_id: optionalId,
	biz_opaque_callback_data: optionalId,
	errors: list.nullish().catch(undefined),
});

export const preferenceSchema = z.object({
	wa_id: optionalId,
	user_id: optionalId,
	parent_user_id: optionalId,
	category: z.string(),
	value: z.string(),
	timestamp: z.unknown(),
});

const unixSeconds = wholeNumber.pipe(z.number().int().positive().max(99_999_999_999));

/** Unix seconds, as string (messages, statuses) or number (preferences), in ms; null where they cannot be read. */
export function unixSecondsToMs(timestamp: unknown): number | null {
	const seconds = unixSeconds.safeParse(timestamp);
	return seconds.success ? seconds.data * 1000 : null;
}

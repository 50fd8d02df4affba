/**
 * What a type of message is heard as. This is an allow-list: only what carries a person's own words to this company can register
 * them or open the 24-hour window. Whatever else there is, and whatever is added, says nothing; it is handed over with its type.
 */
export interface Hearing {
	/** Its words are read, and under the policy Any Message it registers. */
	speaks: boolean;
	/** It opens WhatsApp's 24-hour window. */
	opensWindow: boolean;
	/** It is read for an opt-out only: an edited message was said before, and may have become a STOP. */
	optsOutOnly?: true;
	/** A form filled in, an answer a line: each is read by itself, and none registers but a keyword that is all there is. */
	isForm?: true;
}

const SPEAKS: Hearing = { speaks: true, opensWindow: true };

const HEARD = new Map<string, Hearing>([
	['text', SPEAKS],
	// The quick reply of a template, and the buttons and lists of a message; other interactive types come under their own name.
	['button', SPEAKS],
	['interactive', SPEAKS],
	['image', SPEAKS],
	['video', SPEAKS],
	['document', SPEAKS],
	['audio', SPEAKS],
	['voice', SPEAKS],
	['location', SPEAKS],
	['contacts', SPEAKS],
	['order', SPEAKS],
	// A form inside WhatsApp that the person filled in and sent.
	['nfm_reply', { ...SPEAKS, isForm: true }],
	['sticker', { speaks: false, opensWindow: true }],
	['edit', { speaks: false, opensWindow: false, optsOutOnly: true }],
]);

/** What puts another light on a person's words: a STOP holds all the same. */
const CIRCUMSTANCES: ReadonlyArray<[prefix: string, Hearing]> = [
	// Said to Meta's agent while it stands in for the company: nobody knows what a yes was the answer to.
	['standby_', { speaks: false, opensWindow: false, optsOutOnly: true }],
	// Somebody else's words, which the person passed on.
	['forwarded_', { speaks: false, opensWindow: true, optsOutOnly: true }],
];

const NOT_HEARD: Hearing = { speaks: false, opensWindow: false };

/** @param type as the provider names it; that of a message written in a group begins with `group_`, one to Meta's agent with `standby_`, one passed on with `forwarded_`. */
export function hearingOf(type: string): Hearing {
	const circumstance = CIRCUMSTANCES.find(([prefix]) => type.startsWith(prefix));
	if (circumstance) {
		const [prefix, hearing] = circumstance;
		const { speaks, optsOutOnly } = hearingOf(type.slice(prefix.length));
		return speaks || optsOutOnly ? hearing : NOT_HEARD;
	}
	return HEARD.get(type) ?? NOT_HEARD;
}

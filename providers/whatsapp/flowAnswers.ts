const MOST_ANSWERS = 40;
const ANSWER_CHARACTERS = 200;
/** Flows answer with some kB; more is read as text is, from its beginning. */
const JSON_CHARACTERS = 64_000;
const MOST_NODES = 2_000;
/** Says which form it was, and nothing of the person. */
const TOKEN = 'flow_token';
const YES = new Set(['true', 'on', '1', 'yes', 'y', 'si', 'sì', 'sí', 'ja', 'j', 'oui', 'sim']);

/**
 * What somebody has filled into a form inside WhatsApp, an answer a line: the texts, the choices (`0_Stop` is `Stop`), and the names of what was
 * ticked (`unsubscribe: true`). Null where there are none.
 * https://developers.facebook.com/docs/whatsapp/flows/guides/receiveflowresponse
 * @param response `response_json` as told; what is no JSON is read as it stands, so that it loses no STOP.
 */
export function flowAnswers(response: unknown): string | null {
	const answers = typeof response === 'string' ? readJson(response) : answersIn(response);
	const shown = answers
		.map(shownAs)
		.filter((answer) => answer !== '')
		.slice(0, MOST_ANSWERS);
	return shown.length === 0 ? null : shown.join('\n');
}

function readJson(response: string): string[] {
	try {
		if (response.length <= JSON_CHARACTERS) return answersIn(JSON.parse(response));
	} catch {
		// Read as it stands.
	}
	return response.slice(0, JSON_CHARACTERS).split(/["{}[\],:\n\r]+/, MOST_NODES);
}

/** One level after the other, so that no depth of nesting matters. */
function answersIn(response: unknown): string[] {
	const answers: string[] = [];
	let level: [name: string, value: unknown][] = [['', response]];
	for (let read = 0; level.length > 0 && read < MOST_NODES; read += level.length) {
		const next: [string, unknown][] = [];
		for (const [name, value] of level.slice(0, MOST_NODES)) {
			if (name === TOKEN) continue;
			if (typeof value === 'string') answers.push(value);
			if (isYes(value)) answers.push(name);
			if (typeof value !== 'object' || value === null) continue;
			const isList = Array.isArray(value);
			for (const [inner, each] of Object.entries(value)) next.push([isList ? '' : inner, each]);
		}
		level = next;
	}
	return answers;
}

const isYes = (value: unknown): boolean =>
	value === true || value === 1 || (typeof value === 'string' && YES.has(value.trim().toLowerCase()));

/** Choices are told by ids: `0_Stop_all`, `optOut`. */
const shownAs = (answer: string): string =>
	answer
		.slice(0, ANSWER_CHARACTERS)
		.replace(/^\s*\d+_/, '')
		.replace(/(?<=\p{Ll})(?=\p{Lu})|[_\s]+/gu, ' ')
		.trim();

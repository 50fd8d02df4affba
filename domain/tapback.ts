/**
 * Reactions to an SMS arrive as texts that quote what they are to: `Loved “START”`, `👍 to “START”`. Their wordings are those of Apple Messages
 * (https://support.apple.com/guide/iphone/react-with-tapbacks-iph018d3c336) and Google Messages, in the languages of the keywords.
 */
const REACTIONS = [
	...['Loved', 'Liked', 'Disliked', 'Laughed at', 'Emphasi[sz]ed', 'Questioned', 'Reacted .{1,20} to'],
	...[
		'Removed an? .{1,40} from',
		'\\p{Extended_Pictographic}[\\p{M}\\p{Cf}\\p{Emoji_Modifier}\\p{Extended_Pictographic}]* (?:to|a|à|auf|op|ao?|para)',
	],
	...[
		'(?:Ha messo )?(?:“|«)?(?:Non )?(?:Mi )?piace(?:”|»)?(?: a)?',
		'Ama',
		'Adora',
		'Ride (?:a|per)',
		'Ha (?:riso|reagito|messo|aggiunto|rimosso|evidenziato|contestato|adorato|amato) .{0,30}',
	],
	...[
		'Gefällt(?: nicht)?(?: mir)?',
		'Liebt',
		'Mag(?: nicht)?',
		'Lacht über',
		'Betont',
		'Hebt hervor',
		'Fragt nach',
		'Hat .{1,40} reagiert',
	],
	...[
		'(?:A|N.a pas) (?:aimé|adoré|détesté|ri|souligné|questionné|réagi) ?.{0,20}',
		'A ajouté .{1,40}',
		'J.aime(?: pas)?',
		'Je n.aime pas',
		'Adore',
	],
	...[
		'(?:No )?(?:Le|Te|Me) (?:gust[aó]|encant[aó])',
		'Le dio .{1,30}',
		'Se (?:rio|rió|ríe) (?:de|con)',
		'Enfatizó',
		'Destacó',
		'Reaccionó .{1,30}',
		'Preguntó .{0,20}',
	],
	...['(?:Não )?(?:Gostou|Curtiu|Adorou|Amou|Riu|Enfatizou|Questionou|Reagiu)(?: .{1,20})?'],
	...['(?:Vond|Vindt) .{0,20}', 'Vindt leuk', 'Hield van', 'Lachte om', 'Benadrukte', 'Reageerde .{1,30}'],
];
const TAPBACK = new RegExp(`^\\s*(?:${REACTIONS.join('|')})\\s*[:]?\\s*["“”„‟«‹].+["“”‟»›]\\s*\\p{P}?\\s*$`, 'isu');
/** Of a longer text the beginning and the end say enough. */
const READ_CHARACTERS = 2_000;

/** Whether a text is how a telephone tells that somebody reacted to a message: what is quoted in it is not said by the person. */
export function isTapback(text: string): boolean {
	const read = text.length <= READ_CHARACTERS ? text : `${text.slice(0, 200)}${text.trimEnd().slice(-200)}`;
	return TAPBACK.test(read);
}

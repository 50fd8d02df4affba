import type { PatternText } from '../wordPattern';

/** How people of one language say that they want no more messages. Patterns are written as domain/wordPattern.ts explains. */
export interface OptOutTable {
	/** Words that stand for each other in the patterns below, separated by spaces; `<class>` takes in another one that stands above. */
	words: Record<string, string>;
	/** Phrases that look like an opt-out and are none. They are taken out of a text before anything else is read. */
	ordinary: PatternText[];
	/** Phrases after which nobody is registered, and nobody let go either: talk about opting out, quotations of our own notices. Taken out, too. */
	doubtful: PatternText[];
	/** Phrases that let a person go. */
	optOut: PatternText[];
	/** Words that make what was found one about us: messages, being written to, lists, numbers, consent. */
	ours: string;
	/** Things of another world: bookings, goods, machines, medicine. Something found near them, without a word of `ours`, lets nobody go and registers nobody. */
	elsewhere: string;
	/** "and", "but": what stands beyond them is not near. */
	connectives: string;
	/** Laughter and praise: beside them "stop it!" lets nobody go. And what makes of a stop word an interjection: "Stop, small correction". */
	inJest: PatternText[];
	/** What takes an opt-out back: "don't remove me", "I deleted it by mistake", "I still want your offers". Beside them nobody is let go, only asked. */
	takenBack: PatternText[];
	/** Another number of the same person is spoken of: nobody is let go. */
	otherNumber: PatternText[];
	/** Looser combinations: where nothing above says more, such a text registers nobody. */
	hints: PatternText[];
	/** Everyday words one letter away from a word above. */
	correct?: string;
}

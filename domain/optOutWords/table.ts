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
	/** Looser combinations: where nothing above says more, such a text registers nobody. */
	hints: PatternText[];
	/** Everyday words one letter away from a word above. */
	correct?: string;
}

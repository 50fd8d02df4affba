import { foldLetters } from '../../domain/foldText';
import { type Group, resolveGroup } from '../../store/groups';
import type { Database } from '../../store/schema';
import type { GroupChoice } from './formPage';
import type { FormSettings } from './settings';

/** The groups of a form, looked up. */
export interface FormGroups {
	/** Joined by everybody: a shortcode, or null. */
	everyone: string | null;
	/** With a box each; the only one of the first kind answers to any yes, as forms of a company's own send it. */
	toTick: readonly (GroupChoice & { shortcode: string; anyYes: boolean })[];
}

const NO = new Set(['', '0', 'false', 'no', 'off']);

/** @throws {NotFoundError} where there is no such group. */
export async function formGroups(db: Database, { group, groupQuestion, groups }: FormSettings): Promise<FormGroups> {
	const main = group === '' ? null : await resolveGroup(db, group);
	const asked = main !== null && groupQuestion.trim() !== '';
	const further: Array<{ found: Group; label: string }> = [];
	for (const { group: ref, label } of groups) {
		if (ref !== '') further.push({ found: await resolveGroup(db, ref), label: label.trim() });
	}
	return {
		everyone: main === null || asked ? null : main.shortcode,
		toTick: [
			...(main !== null && asked
				? [{ value: 'yes', label: groupQuestion.trim(), shortcode: main.shortcode, anyYes: true }]
				: []),
			...further.map(({ found: { shortcode, name }, label }) => ({
				value: shortcode,
				label: label || name,
				shortcode,
				anyYes: false,
			})),
		],
	};
}

/** Of the boxes those that were sent as ticked; what was sent beside them counts for nothing. */
export function groupsTicked({ toTick }: FormGroups, sent: readonly string[]): FormGroups['toTick'] {
	const values = sent.map((each) => foldLetters(each.slice(0, 100).trim()));
	const shortcodes = new Set(toTick.filter(({ anyYes }) => !anyYes).map(({ shortcode }) => shortcode));
	return toTick.filter(({ shortcode, anyYes }) =>
		values.some((value) => value === shortcode || (anyYes && !NO.has(value) && !shortcodes.has(value))),
	);
}

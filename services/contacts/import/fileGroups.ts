import { ConflictError, InvalidInputError } from '../../../domain/errors';
import { foldLetters } from '../../../domain/foldText';
import { normaliseShortcode } from '../../../domain/shortcode';
import { allGroups, type Group, insertGroup } from '../../../store/groups';
import type { Database } from '../../../store/schema';
import type { ReadChunk } from './protocol';

/** A column that is none of groups would make one of each of its cells. */
const MOST_MADE = 100;

/** A group that a row names: there (by id), or still to be made (by shortcode). */
type Named = { id: number } | { toMake: Omit<Group, 'id'> };

/** The groups that the rows of one file name, found by shortcode or name, and made where that is wished. */
export class FileGroups {
	private readonly made = new Map<string, Group>();

	constructor(private readonly makesMissing: boolean) {}

	/** What the rows of a chunk name; in one query, or none where they name nothing. */
	async read(db: Database, { rows }: ReadChunk): Promise<ChunkGroups> {
		if (!rows.some(({ groups }) => groups !== null)) return new ChunkGroups([], this.makesMissing, 0);
		const known = await allGroups(db);
		const foretold = [...this.made.values()].filter(({ id }) => id < 0);
		return new ChunkGroups([...known, ...foretold], this.makesMissing, this.made.size);
	}

	/** Remembers what a chunk has made, once that is certain. */
	remember(groups: readonly Group[]): void {
		for (const group of groups) this.made.set(group.shortcode, group);
	}

	/** As they would be made, under ids that no group has. */
	foretell(wanted: ReadonlyArray<Omit<Group, 'id'>>): Group[] {
		return wanted.map((group, index) => ({ ...group, id: -1 - this.made.size - index }));
	}
}

/** The groups as one chunk meets them. */
export class ChunkGroups {
	private readonly byShortcode = new Map<string, Group>();
	private readonly byName = new Map<string, Group[]>();
	private readonly toMake = new Map<string, Omit<Group, 'id'>>();

	constructor(
		groups: readonly Group[],
		private readonly makesMissing: boolean,
		private readonly madeBefore: number,
	) {
		for (const group of groups) this.add(group);
	}

	add(group: Group): void {
		this.byShortcode.set(group.shortcode, group);
		const name = foldedName(group.name);
		this.byName.set(name, [...(this.byName.get(name) ?? []), group]);
	}

	/** @throws {InvalidInputError} {ConflictError} naming the first that is not there, or is not clear. */
	check(names: readonly string[]): void {
		const wanted = new Map<string, Omit<Group, 'id'>>();
		for (const name of names) {
			const named = this.find(name);
			if ('toMake' in named) wanted.set(named.toMake.shortcode, named.toMake);
		}
		const more = [...wanted.keys()].filter((shortcode) => !this.toMake.has(shortcode)).length;
		if (this.madeBefore + this.toMake.size + more > MOST_MADE) {
			throw new InvalidInputError(
				`The file names more than ${MOST_MADE} groups that are not there. Is it a column of groups? Say its meaning under Column Mapping, or make the groups first.`,
			);
		}
	}

	/** Only of rows that are taken: a rejected row makes no group. */
	want(names: readonly string[]): void {
		for (const name of names) {
			const named = this.find(name);
			if ('toMake' in named && !this.toMake.has(named.toMake.shortcode))
				this.toMake.set(named.toMake.shortcode, named.toMake);
		}
	}

	wanted(): Array<Omit<Group, 'id'>> {
		return [...this.toMake.values()];
	}

	idsOf(names: readonly string[]): number[] {
		return names.flatMap((name) => {
			const named = this.find(name);
			return 'id' in named ? [named.id] : [];
		});
	}

	/** The ids that any of these rows names, of groups that are there. */
	idsOfRows(rows: ReadChunk['rows']): number[] {
		const ids = new Set<number>();
		for (const name of new Set(rows.flatMap(({ groups }) => groups ?? []))) {
			const group = this.byShortcode.get(foldLetters(name).trim());
			for (const each of group ? [group] : (this.byName.get(foldedName(name)) ?? [])) ids.add(each.id);
		}
		return [...ids];
	}

	private find(name: string): Named {
		const byShortcode = this.byShortcode.get(foldLetters(name).trim());
		if (byShortcode) return { id: byShortcode.id };
		const [one, other] = this.byName.get(foldedName(name)) ?? [];
		if (one && other)
			throw new ConflictError(
				`Two groups are called "${shown(name)}": ${one.shortcode} and ${other.shortcode}. Write the shortcode.`,
			);
		if (one) return { id: one.id };
		if (!this.makesMissing)
			throw new InvalidInputError(
				`There is no group "${shown(name)}". Make it first, or let Import make it: option Make Missing Groups.`,
			);
		return { toMake: this.newGroup(name) };
	}

	private newGroup(name: string): Omit<Group, 'id'> {
		const shortcode = normaliseShortcode(foldLetters(name).replace(/[^\p{L}\p{N}]+/gu, ''));
		const holder = this.byShortcode.get(shortcode) ?? this.toMake.get(shortcode);
		if (holder && foldedName(holder.name) !== foldedName(name))
			throw new ConflictError(
				`A group "${shown(name)}" would have the shortcode of the group "${shown(holder.name)}", ${shortcode}. Make it by hand with another, or write ${shortcode} in the file.`,
			);
		return { name: name.slice(0, 200), shortcode };
	}
}

/** @throws the error given where somebody else has made one of them meanwhile. */
export async function makeGroups(
	db: Database,
	wanted: ReadonlyArray<Omit<Group, 'id'>>,
	{ now, overtaken }: { now: number; overtaken: () => Error },
): Promise<Group[]> {
	const made: Group[] = [];
	for (const group of wanted) {
		const row = await insertGroup(db, group, now);
		if (!row) throw overtaken();
		made.push(row);
	}
	return made;
}

const foldedName = (name: string): string => foldLetters(name).replace(/\s+/g, ' ').trim();
const shown = (name: string): string => name.slice(0, 40);

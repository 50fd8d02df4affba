import { type FoldedContact, addressesOf } from './foldRows';

/** Some 50 MB; a longer dry run takes a row for new whose number stands further above in the file. */
const MOST_REMEMBERED = 100_000;

/** What the chunks of a dry run would have written, so that later ones meet it. */
export class DryRun {
	private readonly byNumber = new Map<string, FoldedContact>();
	private readonly memberships = new Set<string>();

	/** The store's contacts as they would be by now, and those that would have been made; all that have one of the numbers. */
	overlay(known: readonly FoldedContact[], numbers: readonly string[]): FoldedContact[] {
		const contacts = new Set<FoldedContact>();
		const remembered = new Map<number, FoldedContact>();
		for (const number of numbers) {
			const contact = this.byNumber.get(number);
			if (contact?.id) remembered.set(contact.id, contact);
			else if (contact) contacts.add(contact);
		}
		return [...known.map((contact) => remembered.get(contact.id) ?? contact), ...contacts];
	}

	/** False when it would be there already. */
	addsMembership(contact: FoldedContact, groupId: number): boolean {
		const key = `${groupId}:${addressesOf(contact)[0] ?? ''}`;
		if (this.memberships.has(key)) return false;
		if (this.byNumber.size < MOST_REMEMBERED) this.memberships.add(key);
		return true;
	}

	remember(contacts: readonly FoldedContact[]): void {
		for (const contact of contacts) {
			if (!contact.isChanged) continue;
			for (const number of addressesOf(contact)) {
				if (this.byNumber.size >= MOST_REMEMBERED) return;
				this.byNumber.set(number, contact);
			}
		}
	}
}

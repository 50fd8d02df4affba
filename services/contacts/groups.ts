import { ConflictError } from '../../domain/errors';
import { normaliseShortcode } from '../../domain/shortcode';
import { findContact } from '../../store/contacts';
import { hasLeftGroup } from '../../store/consentWords';
import {
	changeGroup,
	findGroupByShortcode,
	type Group,
	type GroupFigures,
	insertGroup,
	removeGroup,
	renameGroup,
	resolveGroup,
	selectGroupFigures,
} from '../../store/groups';
import { lockNumbers } from '../../store/identities';
import { deleteMemberships, insertMembership } from '../../store/memberships';
import type { Store } from '../../store/store';
import { idOf, noContact } from './contacts';
import { addressesOf } from './enteredConsent';

/** A group with its five figures: contacts, reachable by SMS, with a WhatsApp number, registered, reachable by WhatsApp. */
export type GroupView = GroupFigures;

const NAME_CHARACTERS = 200;

/**
 * Makes a group, or renames the one with that shortcode. With `group` it is that one, whose shortcode changes: its members stay, and who
 * wrote STOP to the old shortcode stays out, because their word is about the group.
 * @throws {InvalidInputError} when nobody could write the shortcode after START. @throws {ConflictError} when another group has it.
 */
export async function createOrUpdateGroup(
	store: Store,
	{ shortcode, name, group: ref }: { shortcode: string; name?: string; group?: string },
): Promise<Group & { created: boolean }> {
	const normal = normaliseShortcode(shortcode);
	const wanted = name?.trim().slice(0, NAME_CHARACTERS);
	return await store.transaction(async (db) => {
		if (ref) {
			const group = await resolveGroup(db, ref);
			const changed = { id: group.id, shortcode: normal, name: wanted || group.name };
			if (await changeGroup(db, changed)) return { ...changed, created: false };
			const other = await findGroupByShortcode(db, normal);
			throw new ConflictError(
				`The group "${other?.name ?? normal}"${other ? ` (${other.id})` : ''} has the shortcode "${normal}" already. Choose another for the group "${group.name}" (${group.id}).`,
			);
		}
		const made = await insertGroup(db, { shortcode: normal, name: wanted || shortcode.trim() }, store.now());
		if (made) return { ...made, created: true };
		const known = await findGroupByShortcode(db, normal);
		if (!known) throw new ConflictError('A group with this shortcode is being deleted at this moment. Try again.');
		if (wanted) await renameGroup(db, known.id, wanted);
		return { ...known, name: wanted || known.name, created: false };
	});
}

/** Its contacts stay, and so does what people said about it. @throws {NotFoundError} */
export async function deleteGroup(
	store: Store,
	{ group: ref }: { group: string },
): Promise<{ groupId: number; shortcode: string; deleted: boolean }> {
	return await store.transaction(async (db) => {
		const { id, shortcode } = await resolveGroup(db, ref);
		await removeGroup(db, id);
		return { groupId: id, shortcode, deleted: true };
	});
}

export async function listGroups(
	store: Store,
	{ search = '', limit = 50, after }: { search?: string; limit?: number; after?: number | { id: number } } = {},
): Promise<GroupView[]> {
	return await store.read((db) => selectGroupFigures(db, { search: search.trim(), limit, after: idOf(after) }));
}

/**
 * Puts a contact into a group by hand.
 * @throws {ConflictError} when the person took themselves out: only their own START brings them back (rule 4).
 */
export async function addContactToGroup(
	store: Store,
	{ group: ref, contactId }: { group: string; contactId: number },
): Promise<{ groupId: number; shortcode: string; contactId: number; added: boolean }> {
	return await store.transaction(async (db) => {
		const group = await resolveGroup(db, ref);
		const contact = await findContact(db, contactId);
		if (!contact) throw noContact(contactId);
		const addresses = addressesOf(contact);
		await lockNumbers(db, addresses);
		if (await hasLeftGroup(db, addresses, group.id)) {
			throw new ConflictError(
				`Contact ${contactId} left the group "${group.shortcode}" by writing STOP. Only their own START ${group.shortcode.toUpperCase()} brings them back.`,
			);
		}
		const added = await insertMembership(db, { groupId: group.id, contactId, source: 'operator', now: store.now() });
		return { groupId: group.id, shortcode: group.shortcode, contactId, added };
	});
}

/** The company's doing, not the person's word: they may be added again. */
export async function removeContactFromGroup(
	store: Store,
	{ group: ref, contactId }: { group: string; contactId: number },
): Promise<{ groupId: number; shortcode: string; contactId: number; removed: boolean }> {
	return await store.transaction(async (db) => {
		const { id, shortcode } = await resolveGroup(db, ref);
		if (!(await findContact(db, contactId))) throw noContact(contactId);
		const removed = await deleteMemberships(db, { contactIds: [contactId], groupIds: [id], source: null });
		return { groupId: id, shortcode, contactId, removed: removed > 0 };
	});
}

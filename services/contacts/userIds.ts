import { contactsWithUserIds } from '../../store/contacts';
import { identitiesOfUserIds } from '../../store/identities';
import type { Database } from '../../store/schema';

/**
 * The numbers (E.164) of people named by their WhatsApp user ids, where they are known by now: their contacts are found by the number,
 * unless one holds the id itself.
 */
export async function numbersOfUserIds(db: Database, userIds: readonly string[]): Promise<Map<string, string>> {
	const numbers = new Map<string, string>();
	if (userIds.length === 0) return numbers;
	for (const [userId, { phone }] of await identitiesOfUserIds(db, userIds))
		if (phone !== null) numbers.set(userId, phone);
	for (const { whatsAppUserId } of await contactsWithUserIds(db, [...numbers.keys()]))
		numbers.delete(whatsAppUserId ?? '');
	return numbers;
}

import type { Word } from '../domain/consent/state';
import { listOf } from './database/rows';
import type { Database, RegistrationState } from './schema';
import { suppressedNumbers } from './suppressions';

/** What is known of a number at one sender. */
export interface NumberFacts {
	identityId: number;
	phone: string;
	/** Null: never registered, nor invited. */
	state: RegistrationState | null;
	lastInboundAt: number | null;
}

/** Of those numbers that belong to somebody known. */
export async function factsOfNumbers(
	db: Database,
	senderId: number,
	phones: readonly string[],
): Promise<NumberFacts[]> {
	return await db
		.selectFrom('identity as i')
		.leftJoin('registration as r', (join) => join.onRef('r.identity_id', '=', 'i.id').on('r.sender_id', '=', senderId))
		.select(['i.id as identityId', 'i.phone as phone', 'r.state as state', 'r.last_inbound_at as lastInboundAt'])
		.where('i.phone', 'in', listOf(db, phones))
		.$narrowType<{ phone: string }>()
		.execute();
}

/** What these people last said, by scope. */
export async function wordsOfPeople(
	db: Database,
	identityIds: readonly number[],
): Promise<Map<number, Map<string, Word>>> {
	const people = new Map<number, Map<string, Word>>();
	if (identityIds.length === 0) return people;
	const words = await db
		.selectFrom('consent_word')
		.select(['identity_id as identityId', 'scope', 'direction', 'effective_at as effectiveAt', 'source'])
		.where('identity_id', 'in', listOf(db, identityIds))
		.execute();
	for (const { identityId, scope, ...word } of words) {
		people.set(identityId, (people.get(identityId) ?? new Map<string, Word>()).set(scope, { ...word, by: '' }));
	}
	return people;
}

/** What holds against numbers whose people were erased, by number and scope. */
export async function wordsOfErased(db: Database, phones: readonly string[]): Promise<Map<string, Map<string, Word>>> {
	const erased = await suppressedNumbers(db, phones);
	return new Map(
		[...erased].map(([phone, words]) => [
			phone,
			new Map(
				[...words].map(([scope, { effectiveAt, source }]): [string, Word] => [
					scope,
					{ direction: 'out', effectiveAt, source, by: '' },
				]),
			),
		]),
	);
}

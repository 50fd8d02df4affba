import { InvalidInputError } from '../../domain/errors';
import { overIds } from '../../store/personData';
import {
	finishedMessages,
	inboundTexts,
	invitations,
	messageContents,
	type Purgeable,
	purgeableIds,
	purgeIds,
	reports,
} from '../../store/purging';
import { chunksOf } from '../../store/database/rows';
import type { Store } from '../../store/store';
import { writeStoreRecord } from '../consent/writeRecords';
import { finishErasures } from './erase';

export type PurgeKind = 'inboundTexts' | 'messageContents' | 'messages' | 'invitations' | 'reports';

interface Kind {
	what: Purgeable;
	minimumDays: number;
	/** Why nothing younger goes. */
	because: string;
}

const KINDS: Record<PurgeKind, Kind> = {
	inboundTexts: {
		what: inboundTexts,
		minimumDays: 2,
		because: 'a message may be answered within a day, and its workflow may still be tried again',
	},
	messageContents: {
		what: messageContents,
		minimumDays: 7,
		because: 'a message that failed may be sent again, and then needs its content',
	},
	messages: {
		what: finishedMessages,
		minimumDays: 30,
		because: 'by these rows the store knows that a message was sent, and sends it no second time',
	},
	invitations: {
		what: invitations,
		minimumDays: 7,
		because: 'the person may still answer, and their question may need the evidence',
	},
	reports: {
		what: reports,
		minimumDays: 8,
		because: 'providers repeat what was not acknowledged for up to seven days, and by these rows it is recognised',
	},
};

export interface Purge {
	kind: PurgeKind;
	olderThanDays: number;
	/** ISO 8601: what was older than this. */
	before: string;
	/** How many went, or would go. */
	count: number;
	dryRun: boolean;
}

const DAY_MS = 24 * 60 * 60_000;
const ROWS_A_TRANSACTION = 500;

/**
 * Takes away what is older than so many days, in short transactions. What consent is folded from stays: of events only texts and names
 * go. @throws {InvalidInputError} for an age at which the store would forget what it needs.
 */
export async function purge(
	store: Store,
	{ kind, olderThanDays, dryRun }: { kind: PurgeKind; olderThanDays: number; dryRun: boolean },
): Promise<Purge> {
	const { what, minimumDays, because } = kindOf(kind);
	if (!(olderThanDays >= minimumDays))
		throw new InvalidInputError(`For this kind give at least ${minimumDays} days: ${because}.`);
	const before = store.now() - olderThanDays * DAY_MS;
	const result: Purge = { kind, olderThanDays, before: new Date(before).toISOString(), count: 0, dryRun };
	if (!dryRun) await finishErasures(store);
	try {
		await overIds(
			what.table,
			(query) => store.read(query),
			async (after, through) => {
				const ids = await store.read((db) => purgeableIds(db, what, before, after, through));
				if (dryRun) result.count += ids.length;
				else
					for (const chunk of chunksOf(ids, ROWS_A_TRANSACTION))
						result.count += await store.transaction((db) => purgeIds(db, what, before, chunk));
			},
		);
	} finally {
		// Also of a purge that was interrupted it is known what went.
		if (!dryRun)
			await store.transaction((db) =>
				writeStoreRecord(store, db, { action: 'purged', source: 'operator', kind, before, count: result.count }),
			);
	}
	return result;
}

function kindOf(kind: string): Kind {
	const known = Object.entries(KINDS).find(([name]) => name === kind)?.[1];
	if (!known)
		throw new InvalidInputError(
			`"${kind.slice(0, 40)}" is no kind of data that can be purged. Choose one of ${Object.keys(KINDS).join(', ')}.`,
		);
	return known;
}

import { afterReport } from '../../domain/messageState';
import { effectOnSender, effectsOf } from '../../domain/providerFault';
import { messageIdOf } from '../../domain/reference';
import type { IncomingStatus } from '../../providers/provider';
import { pauseCampaignFor } from '../../store/campaigns';
import { changeMessages, type MessageChange, type StoredMessage } from '../../store/messageChanges';
import { lockPaceOfMessages, stopSender } from '../../store/pacing';
import { chunksOf } from '../../store/database/rows';
import type { Database } from '../../store/schema';
import { messagesOfBatches, messagesOfProviderIds } from '../../store/statusTargets';
import type { Store } from '../../store/store';
import { recordProviderOptOut } from './requestOutcomes';
import { slowForStatus } from './senderPace';
import { blockIfNeverMade } from '../shared/sendingBlock';

const STATUSES_A_TRANSACTION = 500;

/**
 * Moves messages as their providers report, in any order and however often: a status never moves a message backwards.
 * Statuses of messages that are not ours change nothing.
 * @returns how many messages changed.
 */
export async function settleStatuses(store: Store, statuses: readonly IncomingStatus[]): Promise<number> {
	let changed = 0;
	for (const chunk of chunksOf(statuses, STATUSES_A_TRANSACTION)) {
		const optedOut: Array<{ message: StoredMessage; code: string }> = [];
		changed += await store.transaction(async (db) => {
			optedOut.length = 0;
			await blockIfNeverMade(store, db, ownIds(store.id, chunk));
			const reports = await reportsByMessage(store, db, chunk);
			const telling = tellingOfSenders(reports);
			// Senders before messages, as everybody takes them.
			const senders = new Map((await lockPaceOfMessages(db, telling)).map((sender) => [sender.id, sender]));
			const now = store.now();
			const moved = await changeMessages(db, [...reports.keys()], now, (message) =>
				settle(message, reports.get(message.id) ?? [], store.id),
			);
			for (const message of moved) {
				for (const { error } of reports.get(message.id) ?? []) {
					if (!error) continue;
					const effects = effectsOf(error, { by: 'status', isOfCampaign: message.campaignId !== null });
					const sender = senders.get(message.senderId);
					if (effects.campaign === 'pauses' && message.campaignId !== null)
						await pauseCampaignFor(db, message.campaignId, error.message);
					if (effects.sender === 'stops') await stopSender(db, message.senderId, error.message);
					if (effects.sender === 'slowsDown' && sender && (await slowForStatus(db, sender, message.markedAt, now)))
						senders.delete(sender.id);
					if (effects.person === 'optsOut') optedOut.push({ message, code: error.code });
				}
			}
			return moved.length;
		});
		for (const { message, code } of optedOut) await recordProviderOptOut(store, message, code);
	}
	return changed;
}

/** Whose statuses say something of their sender. */
function tellingOfSenders(reports: ReadonlyMap<number, readonly IncomingStatus[]>): number[] {
	return [...reports].flatMap(([id, statuses]) =>
		statuses.some(({ error }) => error && effectOnSender(error) !== null) ? [id] : [],
	);
}

function settle(message: StoredMessage, statuses: readonly IncomingStatus[], storeId: string): MessageChange | null {
	const before: StoredMessage = message;
	let after: StoredMessage = message;
	for (const { status, deliveredAs, error } of statuses) {
		const step = afterReport(after, { state: status, deliveredAs, error: error?.code ?? null });
		if (step === after) continue;
		after = { ...after, ...step, reasonText: step.state === after.state ? after.reasonText : (error?.message ?? null) };
	}
	if (after === before) return null;
	// A provider that reports on a message has taken it; its own id is kept where it tells one.
	const providerMessageId =
		message.providerMessageId ??
		statuses.find(({ providerMessageId: id }) => id !== null)?.providerMessageId ??
		`${storeId}-${message.id}`;
	const { state, deliveredAs, error, reasonText } = after;
	return { state, deliveredAs, error, reasonText, providerMessageId, leaseOwner: null, leaseUntil: null };
}

function ownIds(storeId: string, statuses: readonly IncomingStatus[]): number[] {
	return statuses
		.flatMap(({ reference, batchReference }) => [messageIdOf(storeId, reference), messageIdOf(storeId, batchReference)])
		.filter((id) => id !== null);
}

/** Finds each status's message: by our reference, by that of its request and the person, or by the provider's id. */
async function reportsByMessage(
	store: Store,
	db: Database,
	statuses: readonly IncomingStatus[],
): Promise<Map<number, IncomingStatus[]>> {
	const reports = new Map<number, IncomingStatus[]>();
	const add = (id: number, status: IncomingStatus): void => {
		reports.set(id, [...(reports.get(id) ?? []), status]);
	};
	const ofBatches: Array<{ status: IncomingStatus; firstId: number; phone: string }> = [];
	const ofProviderIds: Array<{ status: IncomingStatus; providerMessageId: string }> = [];
	for (const status of statuses) {
		const id = messageIdOf(store.id, status.reference);
		const firstId = messageIdOf(store.id, status.batchReference);
		if (id !== null) add(id, status);
		else if (firstId !== null && status.recipientPhone !== null)
			ofBatches.push({ status, firstId, phone: status.recipientPhone });
		else if (!status.reference && !status.batchReference && status.providerMessageId !== null) {
			ofProviderIds.push({ status, providerMessageId: status.providerMessageId });
		}
	}
	const batches = await messagesOfBatches(db, ofBatches);
	for (const { status, firstId, phone } of ofBatches) {
		const id = batches.get(`${firstId} ${phone}`);
		if (id !== undefined) add(id, status);
	}
	const byProviderId = await messagesOfProviderIds(
		db,
		ofProviderIds.map(({ providerMessageId }) => providerMessageId),
	);
	for (const { status, providerMessageId } of ofProviderIds) {
		const candidates = byProviderId.filter((each) => each.providerMessageId === providerMessageId);
		const own = candidates.filter(
			({ recipient }) => status.recipientPhone === null || recipient === status.recipientPhone,
		);
		const only = own.length === 1 ? own[0] : candidates.length === 1 ? candidates[0] : undefined;
		if (only) add(only.id, status);
	}
	return reports;
}

import type { Store } from '../../store/store';
import { fillAllWaiting } from '../consent/fillWaiting';
import { carryPending } from '../senders/companyNumberChange';
import { giveUpInterrupted, giveUpUnsent } from '../shared/leftBehind';

/** What a process that ended in the middle left undone: free places that people wait for, opt-outs of a number that was changed. */
export async function finishInterrupted(store: Store): Promise<void> {
	await fillAllWaiting(store);
	await carryPending(store);
}

/** What an execution that was killed left undone, in whichever process: messages on their way, messages never sent. */
export async function settleLeftBehind(store: Store): Promise<void> {
	await giveUpInterrupted(store);
	await giveUpUnsent(store);
}

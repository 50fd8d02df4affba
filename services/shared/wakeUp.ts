/** Tells the triggers of this process that something waits for them, so that they need not wait for their next look. */
type Wake = () => void;

const listeners = new Map<string, Set<Wake>>();

/** @returns what ends it. */
export function onWake(inbox: string, wake: Wake): () => void {
	const known = listeners.get(inbox) ?? new Set();
	listeners.set(inbox, known.add(wake));
	return () => {
		known.delete(wake);
		if (known.size === 0 && listeners.get(inbox) === known) listeners.delete(inbox);
	};
}

export function wakeInbox(inbox: string): void {
	for (const wake of listeners.get(inbox) ?? []) wake();
}

export function wakeInboxes(inboxes: Iterable<string>): void {
	for (const inbox of new Set(inboxes)) wakeInbox(inbox);
}

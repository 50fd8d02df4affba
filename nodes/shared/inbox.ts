interface TriggerNode {
	getWorkflow(): { id?: string };
	getNode(): { id: string };
	getMode(): string;
}

/**
 * Where a trigger's events wait. A test run in the editor has one of its own, so that it neither takes
 * events from the published workflow nor leaves its own to it.
 */
export function inboxOf(trigger: TriggerNode): string {
	const inbox = `${trigger.getWorkflow().id ?? ''}/${trigger.getNode().id}`;
	return trigger.getMode() === 'manual' ? `${inbox}/test` : inbox;
}

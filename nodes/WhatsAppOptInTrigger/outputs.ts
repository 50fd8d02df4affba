import type { INodeExecutionData } from 'n8n-workflow';

import type { HandedEvent } from '../../services/handOver/claimedEvents';

const OUTPUTS = ['optIn', 'optOut', 'message', 'status'] as const;

/** n8n evaluates this for the editor; `main` is its word for an ordinary connection. */
export const outputsExpression = `={{ ["Opt-In", "Opt-Out", "Message"].concat($parameter["handOverStatuses"] ? ["Status"] : []).map((displayName) => ({ type: "main", displayName })) }}`;

/** Each event on the output of its kind. */
export function toOutputs(events: HandedEvent[]): INodeExecutionData[][] {
	return OUTPUTS.map((output) =>
		events.filter((event) => event.output === output).map(({ json }) => ({ json: { ...json } })),
	);
}

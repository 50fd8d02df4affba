/** As much of n8n's workflow JSON as the sandbox touches. */
export interface WorkflowNode {
	id?: string;
	name: string;
	type: string;
	typeVersion?: number;
	position?: [number, number];
	/** What follows a failed item. */
	onError?: string;
	webhookId?: string;
	disabled?: boolean;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string | null; name: string }>;
}

export interface Workflow {
	id?: string;
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	meta?: Record<string, unknown>;
	pinData?: Record<string, unknown>;
}

/** A credential as `n8n import:credentials` reads it; `data` is plain. */
export interface Credential {
	/** At most 21 characters. */
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

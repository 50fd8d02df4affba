import type { Credential, Workflow } from './workflow';

/** Types of credentials that nodes take, by type of node. */
export type CredentialTypes = Record<string, string[]>;

/** n8n's own nodes that the templates use with a credential. */
export const coreCredentialTypes: CredentialTypes = {
	'n8n-nodes-base.emailSend': ['smtp'],
	'n8n-nodes-base.webhook': ['httpBasicAuth'],
};

/** The workflow with a credential in every place where one of the given types fits and none is chosen. */
export function attachCredentials(
	workflow: Workflow,
	credentials: readonly Credential[],
	typesOfNodes: CredentialTypes,
): Workflow {
	const nodes = workflow.nodes.map((node) => {
		// A webhook takes one only where it asks for a login.
		const asksForLogin = node.parameters['authentication'] === 'basicAuth';
		const fitting = credentials.filter(
			({ type }) =>
				((type !== 'httpBasicAuth' || asksForLogin) && (typesOfNodes[node.type] ?? []).includes(type)) ||
				(node.credentials !== undefined && type in node.credentials),
		);
		if (fitting.length === 0) return node;
		const attached = Object.fromEntries(fitting.map(({ id, name, type }) => [type, { id, name }]));
		return { ...node, credentials: { ...node.credentials, ...attached } };
	});
	return { ...workflow, nodes };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder } from './checkout';
import type { WantedWorkflow } from './n8n/importPlan';
import { stableId } from './n8n/importPlan';
import { triggerUrls } from './n8n/triggerUrls';
import type { TriggerUrl } from './n8n/triggerUrls';
import type { Workflow, WorkflowNode } from './n8n/workflow';

/** The template workflows of the checkout, each with an id of its own that is always the same. */
export function readTemplates(): WantedWorkflow[] {
	const folder = join(checkoutFolder, 'workflows');
	return readdirSync(folder)
		.filter((name) => name.endsWith('.json'))
		.sort()
		.map((name) => ({ ...(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Workflow), id: stableId(name) }));
}

export interface SandboxUrls {
	/** WhatsApp Opt-In Trigger for Meta; null: no template has one. */
	meta: string | null;
	/** The same for websms, without the secret. */
	websms: string | null;
	form: string | null;
	/** The registrations page; null: no template serves one. */
	registrations: string | null;
}

/** The URLs that the outside world has to know, from the first template that has each trigger. */
export function sandboxUrls(workflows: readonly Workflow[], n8nUrl: string): SandboxUrls {
	const triggers = workflows.flatMap((workflow) => triggerUrls(workflow, n8nUrl));
	const inbound = triggers.filter(({ type }) => type === 'whatsAppOptInTrigger');
	return {
		meta: urlOf(inbound.find(({ node }) => (node.parameters['provider'] ?? 'meta') === 'meta')),
		websms: urlOf(inbound.find(({ node }) => node.parameters['provider'] === 'websms')),
		form: urlOf(triggers.find(({ type }) => type === 'optInFormTrigger')),
		registrations: workflows.some(({ nodes }) => nodes.some(isRegistrationsPage))
			? `${n8nUrl}/webhook/${registrationsPath}`
			: null,
	};
}

/** Of template 8; a path of its own, without the webhook's id. */
const registrationsPath = 'whatsapp-registrations';

function isRegistrationsPage({ type, parameters, disabled }: WorkflowNode): boolean {
	return type === 'n8n-nodes-base.webhook' && parameters['path'] === registrationsPath && disabled !== true;
}

function urlOf(trigger: TriggerUrl | undefined): string | null {
	return trigger?.url ?? null;
}

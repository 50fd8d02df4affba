import type { WantedWorkflow } from '../../../sandbox/n8n/importPlan';

const locator = (mode: string, value: string): object => ({ __rl: true, mode, value });

/** A workflow that is nothing but a form, as a company makes one. Its SMS are the templates' business. */
function formWorkflow(name: string, parameters: Record<string, unknown>): WantedWorkflow {
	return {
		id: `form${name}`,
		name: `Form: ${name}`,
		nodes: [
			{
				id: `form-${name}`,
				name: 'Form',
				type: 'n8n-nodes-optin.optInFormTrigger',
				typeVersion: 1,
				position: [0, 0],
				webhookId: `form-${name}`,
				parameters: {
					sender: locator('list', ''),
					consentText: '',
					consentVersion: '2',
					title: '',
					text: '',
					...parameters,
				},
			},
			{
				id: `end-${name}`,
				name: 'End',
				type: 'n8n-nodes-base.noOp',
				typeVersion: 1,
				position: [200, 0],
				parameters: {},
			},
		],
		connections: { Form: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}

/** With everything that a form can ask for. */
export const wholeForm = formWorkflow('whole', {
	group: locator('shortcode', 'news'),
	groups: {
		group: [
			{ group: locator('shortcode', 'recipes'), label: 'Das Rezept der Woche' },
			{ group: locator('shortcode', 'events'), label: '' },
		],
	},
	language: 'auto',
	consentCoversSms: true,
	privacyUrl: 'https://example.com/privacy',
	fields: {
		field: [
			{ type: 'name', label: '', required: true },
			{ type: 'email', label: '', required: false },
			{ type: 'choice', label: 'Filiale', name: 'shop', choices: 'Bozen, Meran\nBrixen', required: false },
			{ type: 'date', label: 'Geburtstag', name: 'birthday', required: false },
			{ type: 'language', label: '', required: false },
		],
	},
	options: { colour: '#b3261e' },
});

/** For a frame in a company's page, in its colours. */
export const plainForm = formWorkflow('plain', {
	group: locator('shortcode', 'news'),
	language: 'en',
	options: { layout: 'plain', background: '#1d3557', colour: '#ffb703' },
});

/** Lets one request in from an address. */
export const tightForm = formWorkflow('tight', {
	language: 'fr',
	limits: { addressPerHour: 1 },
	options: { countries: 'IT' },
});

export const formUrl = (n8nUrl: string, { nodes: [form] }: WantedWorkflow): string =>
	`${n8nUrl}/webhook/${form?.webhookId}/form`;

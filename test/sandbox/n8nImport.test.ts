import { attachCredentials } from '../../sandbox/n8n/attachCredentials';
import { fingerprint, planImport, stableId } from '../../sandbox/n8n/importPlan';
import type { Existing, ImportRecord, WantedWorkflow } from '../../sandbox/n8n/importPlan';
import { isSameInstallation } from '../../sandbox/n8n/install';
import { triggerUrls } from '../../sandbox/n8n/triggerUrls';
import { unflatten } from '../../sandbox/n8n/unflatten';
import type { Credential, WorkflowNode } from '../../sandbox/n8n/workflow';
import { embeddedStore, sandboxCredentials } from '../../sandbox/credentials';
import { readTemplates } from '../../sandbox/templates';

const credential: Credential = { id: 'optinSandboxSmtp', name: 'Mailbox', type: 'smtp', data: { port: 4025 } };
const workflow: WantedWorkflow = { id: 'w1', name: 'One', nodes: [], connections: {} };

const nothing: Existing = { credentialIds: new Set(), workflows: new Map() };
const noRecord: ImportRecord = { credentials: {}, workflows: {} };
const there = (stored: string): Existing => ({
	credentialIds: new Set([credential.id]),
	workflows: new Map([['w1', stored]]),
});
const recorded: ImportRecord = {
	credentials: { [credential.id]: fingerprint(credential) },
	workflows: { w1: { imported: fingerprint(workflow), stored: 'as imported', published: true } },
};

test('the first start imports everything', () => {
	expect(planImport([credential], [workflow], nothing, noRecord)).toEqual({
		credentials: [credential],
		workflows: [workflow],
		keptEdited: [],
	});
});

test('the second start imports nothing, whether the user has edited or not', () => {
	const empty = { credentials: [], workflows: [], keptEdited: [] };
	expect(planImport([credential], [workflow], there('as imported'), recorded)).toEqual(empty);
	expect(planImport([credential], [workflow], there('edited'), recorded)).toEqual(empty);
});

test('what was deleted comes again', () => {
	expect(planImport([credential], [workflow], nothing, recorded)).toMatchObject({
		credentials: [credential],
		workflows: [workflow],
	});
});

test('a newer template replaces an untouched workflow and leaves an edited one', () => {
	const newer = { ...workflow, name: 'One, better' };
	expect(planImport([credential], [newer], there('as imported'), recorded)).toMatchObject({
		workflows: [newer],
		keptEdited: [],
	});
	expect(planImport([credential], [newer], there('edited'), recorded)).toMatchObject({
		workflows: [],
		keptEdited: [newer],
	});
});

test('an import that was broken off is done again', () => {
	expect(planImport([credential], [workflow], there('as imported'), noRecord)).toMatchObject({
		credentials: [credential],
		workflows: [workflow],
	});
});

test('a credential whose address has changed is imported again', () => {
	const moved = { ...credential, data: { port: 4125 } };
	expect(planImport([moved], [workflow], there('as imported'), recorded).credentials).toEqual([moved]);
});

test('ids are the same at every start and short enough for n8n', () => {
	expect(stableId('1-opt-in-form.json')).toBe(stableId('1-opt-in-form.json'));
	expect(stableId('1-opt-in-form.json')).not.toBe(stableId('2-opt-in-and-opt-out.json'));
	expect(stableId('1-opt-in-form.json').length).toBeLessThanOrEqual(21);
	const credentials = sandboxCredentials({
		store: embeddedStore,
		gatewayUrl: 'http://127.0.0.1:4010',
		smtpPort: 4025,
		websmsStatusUrl: null,
	});
	for (const { id } of credentials) expect(id.length).toBeLessThanOrEqual(21);
	expect(credentials.map(({ type }) => type)).toEqual([
		'optInStoreApi',
		'metaWhatsAppApi',
		'websmsApi',
		'smtp',
		'httpBasicAuth',
	]);
});

test('each template has an id of its own', () => {
	const ids = readTemplates().map(({ id }) => id);
	expect(new Set(ids).size).toBe(ids.length);
});

const node = (more: Partial<WorkflowNode>): WorkflowNode => ({
	name: 'N',
	type: 'n8n-nodes-base.set',
	parameters: {},
	...more,
});

test('credentials are attached by type of node, and where a node names their type', () => {
	const types = { 'n8n-nodes-optin.sendMessage': ['optInStoreApi', 'smtp'] };
	const attached = attachCredentials(
		{
			...workflow,
			nodes: [
				node({ type: 'n8n-nodes-optin.sendMessage' }),
				node({ credentials: { smtp: { id: null, name: '' }, other: { id: '1', name: 'Mine' } } }),
				node({}),
			],
		},
		[credential],
		types,
	);
	const chosen = { id: credential.id, name: credential.name };
	expect(attached.nodes.map(({ credentials }) => credentials)).toEqual([
		{ smtp: chosen },
		{ smtp: chosen, other: { id: '1', name: 'Mine' } },
		undefined,
	]);
});

test('webhook URLs are made of the id and the path of our triggers', () => {
	const nodes = [
		node({ type: 'n8n-nodes-optin.whatsAppOptInTrigger', webhookId: 'aaa' }),
		node({ type: 'n8n-nodes-optin.whatsAppOptInTrigger', webhookId: 'bbb', parameters: { path: 'sms' } }),
		node({ type: 'n8n-nodes-optin.optInFormTrigger', webhookId: 'ccc' }),
		node({ type: 'n8n-nodes-optin.optInFormTrigger', webhookId: 'ddd', disabled: true }),
		node({ type: 'n8n-nodes-base.webhook', webhookId: 'eee', parameters: { path: 'x' } }),
	];
	expect(triggerUrls({ ...workflow, nodes }, 'http://h:1').map(({ url }) => url)).toEqual([
		'http://h:1/webhook/aaa/optin',
		'http://h:1/webhook/bbb/sms',
		'http://h:1/webhook/ccc/form',
	]);
});

test("n8n's flattened executions are read, with what refers to itself", () => {
	expect(unflatten('[{"a":"1","n":5,"list":"2"},"text",["1",true,"3"],{"deep":"1"}]')).toEqual({
		a: 'text',
		n: 5,
		list: ['text', true, { deep: 'text' }],
	});
	const loop = unflatten('[{"self":"0"}]') as { self: unknown };
	expect(loop.self).toBe(loop);
});

test('an installation is the wanted one when all is there in the same version but packages of other platforms and those that nothing needs', () => {
	const wanted = {
		packages: {
			'': {},
			'node_modules/n8n': { version: '2.41.1' },
			'node_modules/x-darwin': { version: '1', optional: true },
			'node_modules/unused': { version: '1', extraneous: true },
		},
	};
	const installed = (version: string) => ({ packages: { 'node_modules/n8n': { version } } });
	expect(isSameInstallation(wanted, installed('2.41.1'))).toBe(true);
	expect(isSameInstallation(wanted, installed('2.41.0'))).toBe(false);
	expect(isSameInstallation(wanted, { packages: {} })).toBe(false);
	expect(
		isSameInstallation(wanted, {
			packages: { ...installed('2.41.1').packages, 'node_modules/left-over': { version: '1' } },
		}),
	).toBe(false);
});

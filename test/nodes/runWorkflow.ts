import './quiet';
import 'reflect-metadata';
import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	type IConnections,
	type ICredentialDataDecryptedObject,
	type ICredentialsHelper,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	NodeConnectionTypes,
	Workflow,
} from 'n8n-workflow';

import { CampaignTrigger } from '../../nodes/CampaignTrigger/CampaignTrigger.node';
import { ContactGroup } from '../../nodes/ContactGroup/ContactGroup.node';
import { MessagingReport } from '../../nodes/MessagingReport/MessagingReport.node';
import { RegistrationStore } from '../../nodes/RegistrationStore/RegistrationStore.node';
import { SendMessage } from '../../nodes/SendMessage/SendMessage.node';
import { WhatsAppOptInTrigger } from '../../nodes/WhatsAppOptInTrigger/WhatsAppOptInTrigger.node';

/** The nodes as a workflow names them, by their key here. */
const ours = {
	campaignTrigger: new CampaignTrigger(),
	contactGroup: new ContactGroup(),
	messagingReport: new MessagingReport(),
	registrationStore: new RegistrationStore(),
	sendMessage: new SendMessage(),
	whatsAppOptInTrigger: new WhatsAppOptInTrigger(),
} satisfies Record<string, INodeType>;

export type NodeName = keyof typeof ours;

/** Stands at the beginning of each workflow and gives its items. */
const START_TYPE = 'test.start';

function startWith(items: INodeExecutionData[]): INodeType {
	return {
		description: {
			displayName: 'Start',
			name: 'start',
			group: ['input'],
			version: 1,
			description: '',
			defaults: {},
			inputs: [],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		execute: async function (this: IExecuteFunctions) {
			return [items];
		},
	};
}

export type Credentials = Record<string, ICredentialDataDecryptedObject>;

export interface NodeUnderTest {
	node: NodeName;
	/** The tool that n8n makes of the node for AI agents bears this suffix. */
	asTool?: boolean;
	parameters: INode['parameters'];
	credentials: Credentials;
	onError?: INode['onError'];
	/** Stays the same over runs, unless told. */
	id?: string;
}

let executions = 0;

function nodeTypesOf(start: INodeType): INodeTypes {
	const find = (type: string): INodeType => {
		if (type === START_TYPE) return start;
		const name = type.replace(/^n8n-nodes-optin\./, '').replace(/Tool$/, '') as NodeName;
		return ours[name];
	};
	return { getByName: find, getByNameAndVersion: find, getKnownTypes: () => ({}) };
}

/** Runs the node behind a start that gives `items`, as n8n runs it. */
export async function run(tested: NodeUnderTest, items: Array<INodeExecutionData['json']> = [{}]): Promise<IRun> {
	return await runWith(
		tested,
		items.map((json) => ({ json })),
	);
}

/** As run, for items with files. */
async function runWith(tested: NodeUnderTest, items: INodeExecutionData[], failed?: IRun): Promise<IRun> {
	const executionId = String(++executions);
	const nodes: INode[] = [
		{ id: 'start', name: 'Start', type: START_TYPE, typeVersion: 1, position: [0, 0], parameters: {} },
		{
			id: tested.id ?? 'node-under-test',
			name: 'Tested',
			type: `n8n-nodes-optin.${tested.node}${tested.asTool ? 'Tool' : ''}`,
			typeVersion: 1,
			position: [200, 0],
			parameters: tested.parameters,
			credentials: Object.fromEntries(Object.keys(tested.credentials).map((type) => [type, { id: type, name: type }])),
			...(tested.onError ? { onError: tested.onError } : {}),
		},
	];
	const connections: IConnections = {
		Start: { main: [[{ node: 'Tested', type: NodeConnectionTypes.Main, index: 0 }]] },
	};
	const workflowData: IWorkflowBase = {
		id: 'workflow',
		name: 'Workflow',
		active: false,
		activeVersionId: null,
		isArchived: false,
		createdAt: new Date(0),
		updatedAt: new Date(0),
		nodes,
		connections,
		settings: { executionOrder: 'v1', timezone: 'Europe/Vienna' },
	};
	const workflow = new Workflow({ ...workflowData, nodeTypes: nodeTypesOf(startWith(items)) });
	if (failed) return await retryOf(failed, workflow, additionalDataOf(tested.credentials, executionId, workflowData));
	const execute = new WorkflowExecute(
		additionalDataOf(tested.credentials, executionId, workflowData),
		'manual',
		createRunExecutionData(),
	);
	return await execute.run({ workflow, startNode: workflow.getNode('Start') ?? undefined });
}

/** As n8n retries an execution that has failed: under a new id, from the node that failed, with what was stored of the first. */
export async function retry(tested: NodeUnderTest, failed: IRun): Promise<IRun> {
	return await runWith(tested, [], failed);
}

async function retryOf({ data }: IRun, workflow: Workflow, additional: IWorkflowExecuteAdditionalData): Promise<IRun> {
	const stored = JSON.parse(JSON.stringify(data)) as IRun['data'];
	delete stored.resultData.error;
	stored.resultData.runData[stored.resultData.lastNodeExecuted ?? '']?.pop();
	// "Retry with currently saved workflow".
	for (const waiting of stored.executionData?.nodeExecutionStack ?? [])
		waiting.node = workflow.getNode(waiting.node.name) ?? waiting.node;
	return await new WorkflowExecute(additional, 'retry', stored).processRunExecutionData(workflow);
}

function additionalDataOf(
	credentials: Credentials,
	executionId: string,
	workflowData: IWorkflowBase,
): IWorkflowExecuteAdditionalData {
	const credentialsHelper = {
		getParentTypes: () => [],
		isCredentialUsableByNode: () => true,
		getDecrypted: async (_data: unknown, _details: unknown, type: string) => credentials[type] ?? {},
	};
	const url = 'http://127.0.0.1:5678';
	return {
		executionId,
		hooks: new ExecutionLifecycleHooks('manual', executionId, workflowData),
		credentialsHelper: credentialsHelper as unknown as ICredentialsHelper,
		currentNodeExecutionIndex: 0,
		webhookWaitingBaseUrl: `${url}/webhook-waiting`,
		formWaitingBaseUrl: `${url}/form-waiting`,
		restApiUrl: url,
		instanceBaseUrl: url,
		variables: {},
		setExecutionStatus: () => undefined,
		logAiEvent: () => undefined,
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** What n8n shows when a node stopped the workflow: the message, and the text below it. */
class StoppedWorkflow extends Error {
	constructor(
		readonly headline: string,
		readonly description: string,
		readonly itemIndex: number | undefined,
	) {
		super(`${headline} ${description}`);
	}
}

/** The items the node gave out. @throws {StoppedWorkflow} where it stopped the workflow. */
export async function outputOf(
	tested: NodeUnderTest,
	items?: Array<INodeExecutionData['json']>,
): Promise<INodeExecutionData[]> {
	const { data } = await run(tested, items);
	const { error } = data.resultData;
	if (error)
		throw new StoppedWorkflow(error.message, error.description ?? '', error.context.itemIndex as number | undefined);
	return data.resultData.runData.Tested?.at(-1)?.data?.main?.[0] ?? [];
}

/** The items of each output. @throws {StoppedWorkflow} where the node stopped the workflow. */
export async function outputsOf(tested: NodeUnderTest, items: INodeExecutionData[]): Promise<INodeExecutionData[][]> {
	const { data } = await runWith(tested, items);
	const { error } = data.resultData;
	if (error)
		throw new StoppedWorkflow(error.message, error.description ?? '', error.context.itemIndex as number | undefined);
	return (data.resultData.runData.Tested?.at(-1)?.data?.main ?? []).map((output) => output ?? []);
}

/** The only item's fields. */
export async function resultOf(
	tested: NodeUnderTest,
	item: INodeExecutionData['json'] = {},
): Promise<INodeExecutionData['json']> {
	const items = await outputOf(tested, [item]);
	if (items.length !== 1) throw new Error(`One item was expected, ${items.length} came.`);
	return items[0]?.json ?? {};
}

/** The only item, of a node that is given one with a file. */
export async function runWithBinary(
	tested: NodeUnderTest,
	binary: INodeExecutionData['binary'],
): Promise<INodeExecutionData> {
	const { data } = await runWith(tested, [{ json: {}, ...(binary && { binary }) }]);
	if (data.resultData.error) throw data.resultData.error;
	const [item] = data.resultData.runData.Tested?.at(-1)?.data?.main?.[0] ?? [];
	if (!item) throw new Error('The node gave no item.');
	return item;
}

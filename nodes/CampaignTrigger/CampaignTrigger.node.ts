import {
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IRun,
	type ITriggerFunctions,
	type ITriggerResponse,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { credentialTest } from '../shared/credentialTests';
import { inboxOf } from '../shared/inbox';
import { storeSource } from '../shared/store';
import { SlotWatch } from './slotWatch';

export class CampaignTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Campaign Trigger',
		name: 'campaignTrigger',
		icon: { light: 'file:campaign.svg', dark: 'file:campaign.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["slotsPerSender"] + " per sender" }}',
		description: 'Starts the workflow while there is something to deliver, and once for each campaign that is finished',
		eventTriggerDescription: 'Waiting for something to deliver',
		activationMessage: 'Campaigns are delivered from now on.',
		defaults: { name: 'Campaign Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Deliver', 'Finished'],
		credentials: [{ name: 'optInStoreApi', displayName: 'Opt-In Store', required: true, testedBy: 'optInStoreTest' }],
		properties: [
			{
				displayName:
					'Connect the output “Deliver” to Send SMS & WhatsApp with the operation Campaign: Deliver, and to that node the credentials of all providers you send by. One workflow delivers all campaigns.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Executions per Sender',
				name: 'slotsPerSender',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 16 },
				default: 2,
				description: 'How many executions deliver for one sender at a time. They share its rate.',
			},
		],
	};

	methods = { credentialTest };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const isTestRun = this.getMode() === 'manual';
		const emitAndWait = async (data: INodeExecutionData[][]): Promise<void> => {
			const ended = this.helpers.createDeferredPromise<IRun>();
			this.emit(data, undefined, ended);
			await ended.promise;
		};
		const watch = new SlotWatch({
			acquire: storeSource(this),
			trigger: inboxOf(this),
			slotsPerSender: isTestRun ? 1 : Number(this.getNodeParameter('slotsPerSender', 2)),
			once: isTestRun,
			onSlot: (slot) => emitAndWait([[{ json: { ...slot } }], []]),
			onFinished: (campaigns) => this.emit([[], campaigns.map((campaign) => ({ json: { ...campaign } }))]),
			onError: (error) =>
				this.logger.error(
					`"${this.getNode().name}" cannot look for something to deliver: ${error instanceof Error ? error.message : String(error)}`,
				),
		});
		if (!isTestRun) watch.start();
		return {
			closeFunction: () => watch.stop(),
			manualTriggerFunction: async () => watch.start(),
		};
	}
}

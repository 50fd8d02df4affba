import { join } from 'node:path';

import { metaAccount } from '../sandbox/accounts';
import { embeddedStore, sandboxCredentials, storeSettings } from '../sandbox/credentials';
import { coreCredentialTypes } from '../sandbox/n8n/attachCredentials';
import type { WantedWorkflow } from '../sandbox/n8n/importPlan';
import { packageCredentialTypes } from '../sandbox/n8n/packageCredentials';
import { prepareStore } from '../sandbox/prepareStore';
import { readTemplates } from '../sandbox/templates';
import { createOrUpdateGroup } from '../services/contacts/groups';
import { openStore, type StoreSettings } from '../store/store';
import { benchText, chain, triggerNode, type BatchCounts, type Contender } from './contender';
import { registerMany } from './people';

/** Above what a single n8n sends, so that nothing is paced. */
const ratePerSecond = 5_000;

const deliveryName = '6 Campaign delivery, e-mail when finished';

const anySender = { __rl: true, mode: 'list', value: '' };

/** A campaign to a group, created by a webhook and delivered by the template; planning and the trigger's looking every second are in its time. */
export const ours: Contender = {
	name: 'n8n-nodes-optin',
	async prepare({ userFolder, gatewayUrl, smtpPort, counts }) {
		await fillStore(storeSettings(embeddedStore, join(userFolder, '.n8n')), counts);
		return {
			credentials: sandboxCredentials({ store: embeddedStore, gatewayUrl, smtpPort, websmsStatusUrl: null }),
			credentialTypes: { ...coreCredentialTypes, ...(await packageCredentialTypes()) },
			workflows: [deliveryTemplate(), createCampaign()],
			env: {},
		};
	},
	body: (batch) => ({ key: batch, groups: [batch.toLowerCase()] }),
};

async function fillStore(settings: StoreSettings, counts: BatchCounts): Promise<void> {
	await prepareStore(settings);
	const store = await openStore(settings, { create: false });
	try {
		await store.db
			.updateTable('sender')
			.set({ rate_per_second: ratePerSecond })
			.where('phone', '=', metaAccount.phone)
			.execute();
		let first = 0;
		for (const batch of ['warmUp', 'measured'] as const) {
			const count = counts[batch];
			const shortcode = batch.toLowerCase();
			await createOrUpdateGroup(store, { name: batch, shortcode });
			await registerMany(store, { count, first, senderPhone: metaAccount.phone, shortcode });
			first += count;
		}
	} finally {
		await store.close();
	}
}

function deliveryTemplate(): WantedWorkflow {
	const template = readTemplates().find(({ name }) => name === deliveryName);
	if (template === undefined) throw new Error(`There is no template "${deliveryName}" in workflows/.`);
	return template;
}

function createCampaign(): WantedWorkflow {
	return chain('benchCampaign', 'Bench: campaign', [
		triggerNode,
		{
			id: 'bench-campaign',
			name: 'Create campaign',
			type: 'n8n-nodes-optin.sendMessage',
			typeVersion: 1,
			position: [300, 0],
			parameters: {
				resource: 'campaign',
				operation: 'create',
				key: '={{ $json.body.key }}',
				channels: 'whatsapp',
				whatsAppSender: anySender,
				smsSender: anySender,
				groups: '={{ $json.body.groups }}',
				purpose: 'advertisement',
				contentType: 'text',
				text: benchText,
				options: {},
			},
		},
	]);
}

import { join } from 'node:path';

import { metaAccount } from '../sandbox/accounts';
import { checkoutFolder, sandboxFolder } from '../sandbox/checkout';
import { benchText, chain, triggerNode, type Batch, type BatchCounts, type Contender } from './contender';
import { phoneOf } from './people';

/** n8n's own node as one would use it for a list: the numbers come with the POST and each becomes an item. */
export const n8nOwn: Contender = {
	name: 'n8n’s WhatsApp node',
	async prepare({ gatewayUrl }) {
		return {
			credentials: [
				{
					id: 'benchWhatsApp',
					name: 'Bench WhatsApp',
					type: 'whatsAppApi',
					data: { accessToken: metaAccount.accessToken, businessAccountId: metaAccount.businessAccountId },
				},
			],
			credentialTypes: { 'n8n-nodes-base.whatsApp': ['whatsAppApi'] },
			workflows: [workflow()],
			env: {
				// JSON quotes a path with spaces the way NODE_OPTIONS wants it. The build copies no such file: it is loaded from the checkout.
				NODE_OPTIONS: `--require ${JSON.stringify(join(checkoutFolder, 'bench', 'whatsapp-to-gateway.js'))}`,
				OPTIN_BENCH_GATEWAY: gatewayUrl,
				OPTIN_BENCH_N8N_MODULES: join(sandboxFolder, 'node_modules'),
			},
		};
	},
	body: (batch, counts) => ({ numbers: numbersOf(batch, counts) }),
};

function numbersOf(batch: Batch, { warmUp, measured }: BatchCounts): string[] {
	const [first, count] = batch === 'warmUp' ? [0, warmUp] : [warmUp, measured];
	return Array.from({ length: count }, (_, index) => phoneOf(first + index));
}

function workflow() {
	return chain('benchOwn', 'Bench: n8n’s own', [
		triggerNode,
		{
			id: 'bench-split',
			name: 'Split Out',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			position: [300, 0],
			parameters: { fieldToSplitOut: 'body.numbers', options: { destinationFieldName: 'number' } },
		},
		{
			id: 'bench-whatsapp',
			name: 'WhatsApp',
			type: 'n8n-nodes-base.whatsApp',
			typeVersion: 1.1,
			position: [600, 0],
			parameters: {
				resource: 'message',
				operation: 'send',
				phoneNumberId: metaAccount.phoneNumberId,
				recipientPhoneNumber: '={{ $json.number }}',
				messageType: 'text',
				textBody: benchText,
				additionalFields: {},
				requestOptions: {},
			},
		},
	]);
}

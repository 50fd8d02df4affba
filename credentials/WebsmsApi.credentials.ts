import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** An account at websms / LINK Mobility. Tested by the Send SMS & WhatsApp node. */
export class WebsmsApi implements ICredentialType {
	name = 'websmsApi';

	displayName = 'websms (LINK Mobility) API';

	documentationUrl = 'https://developer.linkmobility.eu/';

	icon: Icon = { light: 'file:websms.svg', dark: 'file:websms.dark.svg' };

	properties: INodeProperties[] = [
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'From the account’s API settings',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'A word of your own. websms signs nothing, so its webhook URL must end in ?key= and this word; while it is empty, no webhook is believed.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.linkmobility.eu',
			description: 'Accounts of websms.com use https://api.websms.com. Change it also to talk to the sandbox.',
		},
		{
			displayName: 'Country',
			name: 'country',
			type: 'string',
			default: '',
			placeholder: 'e.g. AT',
			description:
				'Two letters. websms writes your own number in national form when it hands over a message; this says of which country.',
		},
		{
			displayName: 'Status Callback URL',
			name: 'statusCallbackUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://n8n.example.org/webhook/…/optin',
			description:
				'The public URL of the WhatsApp Opt-In Trigger for websms, where delivery reports go. The secret is added to it. When empty, no reports are asked for.',
		},
		{
			displayName: 'Trial Mode',
			name: 'trialMode',
			type: 'boolean',
			default: false,
			description: 'Whether to send to the allowed numbers only and refuse everybody else',
		},
		{
			displayName: 'Allowed Numbers',
			name: 'trialNumbers',
			type: 'string',
			default: '',
			placeholder: 'e.g. +39 333 1234567, +43 660 1234567',
			displayOptions: { show: { trialMode: [true] } },
			description: 'International numbers, separated by commas',
		},
	];
}

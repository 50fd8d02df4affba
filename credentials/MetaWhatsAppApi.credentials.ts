import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** One app and its WhatsApp Business account at Meta. Tested by the Send SMS & WhatsApp node. */
export class MetaWhatsAppApi implements ICredentialType {
	name = 'metaWhatsAppApi';

	displayName = 'Meta WhatsApp API';

	documentationUrl = 'https://developers.facebook.com/docs/whatsapp/cloud-api/get-started';

	icon: Icon = { light: 'file:meta.svg', dark: 'file:meta.dark.svg' };

	properties: INodeProperties[] = [
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'A permanent token of a system user with the permission whatsapp_business_messaging',
		},
		{
			displayName: 'App Secret',
			name: 'appSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'From App Settings → Basic. Meta signs its webhooks with it; while it is empty, no webhook is believed.',
		},
		{
			displayName: 'Verify Token',
			name: 'verifyToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'A word of your own. Type the same word into Meta’s webhook settings, beside the URL of the WhatsApp Opt-In Trigger.',
		},
		{
			displayName: 'Phone Number ID',
			name: 'phoneNumberId',
			type: 'string',
			default: '',
			description:
				'From WhatsApp → API Setup. The test of this credential asks Meta for this number; without it, for the token only.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://graph.facebook.com',
			description: 'Change it only to talk to the sandbox',
		},
		{
			displayName: 'API Version',
			name: 'apiVersion',
			type: 'string',
			default: 'v25.0',
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

import type { INodeProperties } from 'n8n-workflow';

import { operationField } from '../../shared/fields';
import { descriptionsOf } from '../../shared/router';
import { notAsTool } from '../../shared/tool';
import { table } from './table';

export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Consent', value: 'consent', description: 'The ledger of what people agreed to and when' },
			{
				name: 'Registration',
				value: 'registration',
				description: 'The permission of one person to receive WhatsApp from one number',
			},
			{ name: 'Sender', value: 'sender', description: 'Your own numbers' },
		],
		default: 'registration',
	},
	operationField(
		'registration',
		[
			notAsTool({
				name: 'Apply Message',
				value: 'applyMessage',
				action: 'Apply a message',
				description: 'Take in a message that came by a way of your own, as the trigger does',
			}),
			{
				name: 'Check',
				value: 'check',
				action: 'Check registrations',
				description: 'Whether people may be written to on WhatsApp',
			},
			notAsTool({
				name: 'Claim Reminders',
				value: 'claimReminders',
				action: 'Claim reminders of invitations',
				description:
					'Hand out whom to remind of an invitation they have not answered, each person once. Send it by SMS with the next node.',
			}),
			notAsTool({
				name: 'End Silent',
				value: 'endSilent',
				action: 'End silent registrations',
				description:
					'End the registrations of people who have not written for months. It is no opt-out, and their places go to the waiting list.',
			}),
			{ name: 'Get', value: 'get', action: 'Get a registration' },
			{ name: 'Get Many', value: 'getMany', action: 'Get many registrations' },
			{
				name: 'Get Usage',
				value: 'getUsage',
				action: 'Get usage of the package',
				description: 'How many registrations there are, and how many the package allows',
			},
			notAsTool({
				name: 'Invite',
				value: 'invite',
				action: 'Invite a person',
				description: 'Make an invitation with a link for the person to tap. Send it by SMS with the next node.',
			}),
			notAsTool({
				name: 'Register',
				value: 'register',
				action: 'Register a person by hand',
				description: 'Record a consent given elsewhere',
			}),
			notAsTool({
				name: 'Revoke',
				value: 'revoke',
				action: 'Revoke registrations',
				description: 'End one or several without an opt-out: the people may come back by writing',
			}),
		],
		'check',
	),
	operationField(
		'sender',
		[
			notAsTool({
				name: 'Create or Update',
				value: 'createOrUpdate',
				action: 'Create or update a sender',
				description: 'Create a new record, or update the current one if it already exists (upsert)',
			}),
			{ name: 'Get Many', value: 'getMany', action: 'Get many senders' },
		],
		'getMany',
	),
	operationField(
		'consent',
		[
			notAsTool({
				name: 'Accept Findings',
				value: 'acceptFindings',
				action: 'Accept findings about a person',
				description: 'Let messages be sent again to somebody whose records Verify found to contradict the store',
			}),
			notAsTool({
				name: 'Confirm Restore',
				value: 'confirmRestore',
				action: 'Confirm a restored backup',
				description: 'Let messages be sent again after the store was restored from a backup or moved',
			}),
			notAsTool({
				name: 'Erase',
				value: 'erase',
				action: 'Erase a person',
				description: 'Take away everything held on one person; their opt-out is kept as a keyed hash',
			}),
			notAsTool({
				name: 'Export',
				value: 'export',
				action: 'Export everything held on a person',
				description: 'Everything held on one person, as one item. That it was exported is recorded.',
			}),
			notAsTool({
				name: 'Export Opt-Outs',
				value: 'exportOptOuts',
				action: 'Export all opt outs',
				description: 'Every opt-out that holds, as a file or as items, to be read back after a backup was restored',
			}),
			notAsTool({
				name: 'Import Opt-Outs',
				value: 'importOptOuts',
				action: 'Read opt outs back',
				description: 'Take in what Export Opt-Outs gave out',
			}),
			notAsTool({
				name: 'Purge',
				value: 'purge',
				action: 'Purge old data',
				description: 'Take away what is older than so many days, by kind',
			}),
			{
				name: 'Verify',
				value: 'verify',
				action: 'Verify the consent ledger',
				description:
					'Whether any record was changed or taken out, and whether the store says the same. Whom it does not is sent nothing.',
			},
		],
		'verify',
	),
	...descriptionsOf(table),
];

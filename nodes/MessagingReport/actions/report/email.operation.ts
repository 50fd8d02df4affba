import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { summarise } from '../../../../services/reporting/summarise';
import { renderReportEmail } from '../../../../services/reporting/email';
import type { ReportLanguage } from '../../../../services/reporting/languages';
import type { Call } from '../../../shared/router';
import { rangeFields, readRange } from '../../rangeFields';

const properties: INodeProperties[] = [
	...rangeFields,
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		options: [
			{ name: 'English', value: 'en' },
			{ name: 'German', value: 'de' },
			{ name: 'Italian', value: 'it' },
		],
		default: 'en',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Company Name',
				name: 'companyName',
				type: 'string',
				default: '',
				description: 'Stands above the heading',
			},
			{
				displayName: 'Title',
				name: 'title',
				type: 'string',
				default: '',
				description: 'Heading and beginning of the subject',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['report'], operation: ['email'] } }, properties);

/** Subject, HTML and text for n8n's Send Email node; it sends nothing itself. */
export async function execute({ node, store, parameters }: Call) {
	const summary = await summarise(store, readRange(node, store, parameters));
	const email = renderReportEmail(summary, {
		language: parameters.choice<ReportLanguage>('language'),
		title: parameters.optionalText('options.title'),
		companyName: parameters.optionalText('options.companyName'),
	});
	return { ...email, from: summary.from, to: summary.to, timeZone: summary.timeZone };
}

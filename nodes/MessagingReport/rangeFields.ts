import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Store } from '../../store/store';
import type { ItemParameters } from '../shared/parameters';

const DAY_MS = 24 * 60 * 60_000;

export const rangeFields: INodeProperties[] = [
	{
		displayName: 'Period',
		name: 'period',
		type: 'options',
		options: [
			{ name: 'Custom', value: 'custom' },
			{ name: 'Last 30 Days', value: 'last30Days', description: 'The 30 whole days before today' },
			{ name: 'Last 7 Days', value: 'last7Days', description: 'The seven whole days before today' },
			{ name: 'Today', value: 'today' },
			{ name: 'Yesterday', value: 'yesterday' },
		],
		default: 'last7Days',
	},
	{
		displayName: 'First Day',
		name: 'from',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2026-11-16',
		displayOptions: { show: { period: ['custom'] } },
	},
	{
		displayName: 'Last Day',
		name: 'to',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2026-11-22',
		displayOptions: { show: { period: ['custom'] } },
		description: 'Included in the report',
	},
	{
		displayName: 'Time Zone',
		name: 'timeZone',
		type: 'string',
		default: '',
		placeholder: 'e.g. Europe/Vienna',
		description: 'Whose midnights part the days. When empty, the workflow’s.',
	},
];

/** Days as YYYY-MM-DD, both included. */
export function readRange(node: IExecuteFunctions, store: Store, parameters: ItemParameters) {
	const timeZone = parameters.optionalText('timeZone') ?? node.getTimezone();
	const today = dayOf(store.now(), timeZone);
	// By the calendar: hours back would miss a day when the clocks change.
	const daysAgo = (days: number): string => dayOf(Date.parse(today) - days * DAY_MS, 'UTC');
	switch (parameters.choice('period')) {
		case 'today':
			return { from: daysAgo(0), to: daysAgo(0), timeZone };
		case 'yesterday':
			return { from: daysAgo(1), to: daysAgo(1), timeZone };
		case 'last7Days':
			return { from: daysAgo(7), to: daysAgo(1), timeZone };
		case 'last30Days':
			return { from: daysAgo(30), to: daysAgo(1), timeZone };
		default:
			// A date picked or computed may carry a time.
			return { from: parameters.text('from').slice(0, 10), to: parameters.text('to').slice(0, 10), timeZone };
	}
}

/** The day it is in a time zone. What is no time zone is the report's to refuse. */
function dayOf(at: number, timeZone: string): string {
	try {
		return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
	} catch {
		return new Date(at).toISOString().slice(0, 10);
	}
}

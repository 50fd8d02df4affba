import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { type InvitationLimits, NO_LIMITS } from '../../domain/invitationLimits';

type Count = Exclude<keyof InvitationLimits, 'countries'>;

const LIMITS: ReadonlyArray<{ name: Count; displayName: string; description: string }> = [
	{ name: 'overallPerDay', displayName: 'All per Day', description: 'Invitations of all people together in 24 hours' },
	{ name: 'overallPerHour', displayName: 'All per Hour', description: 'Invitations of all people together in an hour' },
	{
		name: 'addressPerDay',
		displayName: 'Per Address and Day',
		description: 'Invitations asked for from one IP address (of IPv6: from one /64) in 24 hours',
	},
	{
		name: 'addressPerHour',
		displayName: 'Per Address and Hour',
		description:
			'Invitations asked for from one IP address (of IPv6: from one /64) in an hour. A whole office or shop may share one.',
	},
	{
		name: 'networkPerDay',
		displayName: 'Per Network and Day',
		description: 'Invitations asked for from one network of IPv6 (one /48) in 24 hours',
	},
	{
		name: 'networkPerHour',
		displayName: 'Per Network and Hour',
		description: 'Invitations asked for from one network of IPv6 (one /48) in an hour',
	},
	{
		name: 'numberPerDay',
		displayName: 'Per Number and Day',
		description: 'Invitations of one phone number in 24 hours',
	},
	{
		name: 'numberPerHour',
		displayName: 'Per Number and Hour',
		description: 'Invitations of one phone number in an hour',
	},
	{
		name: 'unansweredPerFourWeeks',
		displayName: 'Per Unanswering Number and Four Weeks',
		description: 'Invitations sent to one phone number that has not written to you since, in four weeks',
	},
];

/** The limits against SMS pumping as options to add; those not added are the defaults. */
export function limitsField(defaults: InvitationLimits): INodeProperties {
	const inForce = LIMITS.filter(({ name }) => defaults[name] > 0).map(
		({ name, displayName }) => `${displayName} ${defaults[name]}`,
	);
	return {
		displayName: 'Limits',
		name: 'limits',
		type: 'collection',
		placeholder: 'Add limit',
		default: {},
		description: `Against SMS pumping: people or programs that have SMS sent to numbers not their own. In force unless changed here: ${inForce.join(', ')}. 0 is no limit.`,
		options: LIMITS.map(({ name, displayName, description }) => ({
			displayName,
			name,
			type: 'number' as const,
			typeOptions: { minValue: 0 },
			default: defaults[name],
			description: `${description}. 0 is no limit.`,
		})),
	};
}

/** What an expression left empty, or is no number, is the default: a slip must not take the limit away. */
export function readLimits(held: unknown, defaults: InvitationLimits): InvitationLimits {
	const given = (typeof held === 'object' && held !== null ? held : {}) as IDataObject;
	const limits = { ...NO_LIMITS };
	for (const { name } of LIMITS) {
		const value = given[name];
		const number = value === '' || value === null || value === undefined ? NaN : Number(value);
		limits[name] = Number.isFinite(number) && number >= 0 ? Math.floor(number) : defaults[name];
	}
	return limits;
}

/**
 * Limits against SMS pumping: somebody who types thousands of numbers into a form, because each SMS earns them money or
 * because they want to harm the company or a person.
 */
export interface InvitationLimits {
	/** Invitations of one number. 0: no limit, as in all that follow. */
	numberPerHour: number;
	numberPerDay: number;
	/** Sent to one number that has not written since, in four weeks. */
	unansweredPerFourWeeks: number;
	/** From one address on the network; the whole household, office or shop behind it counts as one. */
	addressPerHour: number;
	addressPerDay: number;
	/** From one /48 of IPv6, of which a single customer may have all addresses. */
	networkPerHour: number;
	networkPerDay: number;
	/** Of all together. */
	overallPerHour: number;
	overallPerDay: number;
	/** ISO 3166 alpha-2; an empty list: every country. */
	countries: readonly string[];
}

export type LimitRefusal = 'countryNotAllowed' | 'numberLimit' | 'addressLimit' | 'overallLimit';

/** What is counted by the invitations really sent to a number. */
export type SentRefusal = 'invitedSinceStop' | 'unansweredLimit';

export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;
export const FOUR_WEEKS_MS = 28 * DAY_MS;

export const NO_LIMITS: InvitationLimits = {
	numberPerHour: 0,
	numberPerDay: 0,
	unansweredPerFourWeeks: 0,
	addressPerHour: 0,
	addressPerDay: 0,
	networkPerHour: 0,
	networkPerDay: 0,
	overallPerHour: 0,
	overallPerDay: 0,
	countries: [],
};

/** For a page that anybody may open: room for a busy day and a whole office, and a bill that nobody has to fear. */
export const FORM_LIMITS: InvitationLimits = {
	numberPerHour: 3,
	numberPerDay: 5,
	unansweredPerFourWeeks: 5,
	addressPerHour: 20,
	addressPerDay: 60,
	networkPerHour: 60,
	networkPerDay: 200,
	overallPerHour: 200,
	overallPerDay: 1_000,
	countries: [],
};

/** For what a workflow of the company's does: many people at once, and none of them over and over. */
export const OPERATOR_LIMITS: InvitationLimits = {
	...NO_LIMITS,
	numberPerHour: 3,
	numberPerDay: 5,
	unansweredPerFourWeeks: 5,
};

/** The European Economic Area, Switzerland and the United Kingdom: numbers there cost about the same, and earn nobody anything. */
const EUROPE = 'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(
	' ',
);

/**
 * Reads what a user typed: `IT, AT`; `*` for every country; nothing for Europe and the country of the company.
 * @returns ISO 3166 alpha-2; an empty list for every country.
 */
export function countriesAllowed(typed: string, own: string): string[] {
	const countries = typed
		.toUpperCase()
		.split(/[\s,;]+/)
		.filter((each) => each !== '');
	if (countries.includes('*')) return [];
	return countries.length > 0 ? countries : [...new Set([...EUROPE, own.toUpperCase()])];
}

/** @param country null: a number of no country (satellite phones and the like), which only a list of all allows. */
export function isCountryAllowed(country: string | null, { countries }: Pick<InvitationLimits, 'countries'>): boolean {
	return countries.length === 0 || (country !== null && countries.includes(country));
}

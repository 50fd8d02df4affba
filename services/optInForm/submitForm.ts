import { getExampleNumber, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';

import { clickToChatLink } from '../../domain/clickToChat';
import { InvalidInputError } from '../../domain/errors';
import { countriesAllowed } from '../../domain/invitationLimits';
import { normalisePhone } from '../../domain/phone';
import { resolveSender, type Sender } from '../../store/senders';
import type { Store } from '../../store/store';
import { invite } from '../invitations/invite';
import { assertFields, cutValue, type FieldError, fieldError, fieldName, heldUnder, personFieldsOf } from './fields';
import { finalPage } from './finalPage';
import { consentText, EMPTY_FORM, type FormError, formPage, type FormValues, type FormView } from './formPage';
import { type FormGroups, formGroups, groupsTicked } from './groupChoices';
import { noticePage, textsOf } from './page';
import { FIELD, type FormSettings } from './settings';

/** A longer number is nobody's; the rest of it must not come back in the page. */
const LONGEST_NUMBER = 60;
const LONGEST_USER_AGENT = 400;
/** Of one name: more are sent by nobody who means well. */
const MOST_VALUES = 100;

export interface FormSubmission {
	/** As the browser sent them; a name given twice is a list. */
	fields: Readonly<Record<string, unknown>>;
	/** The visitor's, for the evidence and the limits; `unknown` is one, too. */
	address: string;
	userAgent: string | null;
	/** The trigger that hands the invitation to its workflow. */
	inbox: string | null;
}

export interface FormAnswer {
	status: 200 | 422 | 429;
	html: string;
	/** Whether there is an event to hand over. */
	invited: boolean;
	/** Of a 429. */
	retryAfterSeconds?: number;
}

/** What a page needs from the store. */
interface FormGround {
	sender: Sender;
	country: string;
	groups: FormGroups;
}

async function readGround(store: Store, settings: FormSettings): Promise<FormGround> {
	assertFields(settings.fields);
	return await store.read(async (db) => {
		const sender = await resolveSender(db, settings.sender, 'whatsapp');
		return { sender, country: settings.country || sender.country, groups: await formGroups(db, settings) };
	});
}

/** The empty form. @throws {OptInError} when sender, groups or store cannot be had, or the fields are not as they must be. */
export async function showForm(store: Store, settings: FormSettings): Promise<FormAnswer> {
	const { country, groups } = await readGround(store, settings);
	const view = {
		values: EMPTY_FORM,
		errors: [],
		fieldErrors: {},
		groups: groups.toTick,
		example: exampleNumber(country),
	};
	return { status: 200, html: formPage(settings, view), invited: false };
}

/**
 * Takes what a visitor sent: either the form again with what is wrong, or an invitation and the last page.
 * The page is the same for a person who is registered already, for one who wants no SMS, and for a robot: it tells nobody anything.
 * @throws {OptInError} when sender, groups or store cannot be had; nothing is kept then.
 */
export async function submitForm(
	store: Store,
	settings: FormSettings,
	submission: FormSubmission,
): Promise<FormAnswer> {
	const ground = await readGround(store, settings);
	const { sender, country, groups } = ground;
	const values = readValues(settings, groups, submission.fields);

	if (readText(heldUnder(submission.fields, FIELD.trap)) !== '') {
		const link = clickToChatLink({ senderPhone: sender.phone, shortcode: null, code: null });
		return {
			status: 200,
			html: finalPage(settings, { number: writeNumber(sender.phone), link, text: 'START' }),
			invited: false,
		};
	}
	const again = (errors: readonly FormError[], fieldErrors: FormView['fieldErrors'] = {}): FormAnswer => ({
		status: 422,
		html: formPage(settings, { values, errors, fieldErrors, groups: groups.toTick, example: exampleNumber(country) }),
		invited: false,
	});
	const errors = findErrors(values, country);
	const fieldErrors = findFieldErrors(settings, values);
	if (errors.length > 0 || Object.keys(fieldErrors).length > 0) return again(errors, fieldErrors);

	const ticked = groups.toTick.filter(({ value }) => values.groups.includes(value)).map(({ shortcode }) => shortcode);
	const invitation = await invite(store, {
		sender: settings.sender,
		number: values.phone,
		country,
		groups: groups.everyone === null ? ticked : [groups.everyone, ...ticked],
		language: settings.language,
		origin: 'form',
		limits: { ...settings.limits, countries: countriesAllowed(settings.countries, country) },
		personFields: personFieldsOf(settings.fields, values.fields),
		evidence: {
			formVersion: settings.consentVersion,
			consentText: consentText(settings),
			smsConsent: settings.consentCoversSms,
			address: submission.address,
			...(submission.userAgent !== null && { userAgent: submission.userAgent.slice(0, LONGEST_USER_AGENT) }),
		},
		inbox: submission.inbox,
	});
	if (invitation.outcome === 'countryNotAllowed') return again(['countryNotAllowed']);
	const { link, text } = invitation;
	if (link === null || text === null) return tooMany(settings, invitation.retryAt, store.now());
	return {
		status: 200,
		html: finalPage(settings, { number: writeNumber(invitation.senderPhone), link, text }),
		invited: invitation.eventId !== null,
	};
}

/** The same page for every limit: which one it was is nobody's business but the company's. */
function tooMany(settings: FormSettings, retryAt: string | null, now: number): FormAnswer {
	const { tooMany: title, tooManyText: text } = textsOf(settings);
	const waitMs = retryAt === null ? 0 : Date.parse(retryAt) - now;
	return {
		status: 429,
		html: noticePage(settings, { title, text, back: true }),
		invited: false,
		retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
	};
}

function readValues(settings: FormSettings, groups: FormGroups, sent: FormSubmission['fields']): FormValues {
	const names = settings.fields.map(fieldName);
	return {
		phone: readText(heldUnder(sent, FIELD.phone)).slice(0, LONGEST_NUMBER),
		groups: groupsTicked(groups, readTexts(heldUnder(sent, FIELD.group))).map(({ value }) => value),
		consent: isTicked(heldUnder(sent, FIELD.consent)),
		fields: Object.fromEntries(
			names.flatMap((name) => (Object.hasOwn(sent, name) ? [[name, cutValue(readText(sent[name]))]] : [])),
		),
	};
}

function findFieldErrors({ fields }: FormSettings, values: FormValues): Record<string, FieldError> {
	return Object.fromEntries(
		fields.flatMap((field): Array<[string, FieldError]> => {
			const error = fieldError(field, heldUnder(values.fields, fieldName(field)) ?? '');
			return error === null ? [] : [[fieldName(field), error]];
		}),
	);
}

function findErrors(values: FormValues, country: string): FormError[] {
	const phone = phoneError(values.phone, country);
	return [...(phone === null ? [] : [phone]), ...(values.consent ? [] : ['consentMissing' as const])];
}

function phoneError(phone: string, country: string): FormError | null {
	if (phone === '') return 'phoneMissing';
	try {
		return normalisePhone(phone, country).isPossibleMobile ? null : 'phoneNotMobile';
	} catch (error) {
		if (error instanceof InvalidInputError) return 'phoneWrong';
		throw error;
	}
}

function readText(value: unknown): string {
	const first: unknown = Array.isArray(value) ? value[0] : value;
	return typeof first === 'string' ? first.trim() : '';
}

/** A company's own form may send `1`, `true` or `on`; a hidden `0` or `false` beside its box is a no. */
function isTicked(value: unknown): boolean {
	return readTexts(value).some((each) => !['', '0', 'false', 'no', 'off'].includes(each.toLowerCase()));
}

function readTexts(value: unknown): string[] {
	return (Array.isArray(value) ? value.slice(0, MOST_VALUES) : [value]).map(readText);
}

function exampleNumber(country: string): string | null {
	return isSupportedCountry(country) ? (getExampleNumber(country, examples)?.formatNational() ?? null) : null;
}

function writeNumber(phone: string): string {
	return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;
}

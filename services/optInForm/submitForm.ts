import { getExampleNumber, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';

import { clickToChatLink } from '../../domain/clickToChat';
import { InvalidInputError } from '../../domain/errors';
import { normalisePhone } from '../../domain/phone';
import { resolveSender } from '../../store/senders';
import type { Store } from '../../store/store';
import { invite } from '../invite';
import { finalPage } from './finalPage';
import { consentText, EMPTY_FORM, type FormError, formPage, type FormValues } from './formPage';
import { FIELD, type FormSettings } from './settings';

/** A longer number is nobody's; the rest of it must not come back in the page. */
const LONGEST_NUMBER = 60;
const LONGEST_USER_AGENT = 400;

export interface FormSubmission {
	/** As the browser sent them; a name given twice is a list. */
	fields: Readonly<Record<string, unknown>>;
	/** The visitor's, for the evidence. */
	address: string | null;
	userAgent: string | null;
	/** The trigger that hands the invitation to its workflow. */
	inbox: string | null;
}

export interface FormAnswer {
	status: 200 | 422;
	html: string;
	/** Whether there is an event to hand over. */
	invited: boolean;
}

/** The empty form. @throws {OptInError} when sender, group or store cannot be had. */
export async function showForm(store: Store, settings: FormSettings): Promise<FormAnswer> {
	const sender = await store.read((db) => resolveSender(db, settings.sender, 'whatsapp'));
	const example = exampleNumber(settings.country || sender.country);
	return { status: 200, html: formPage(settings, { values: EMPTY_FORM, errors: [], example }), invited: false };
}

/**
 * Takes what a visitor sent: either the form again with what is wrong, or an invitation and the last page.
 * The page is the same for a person who is registered already and for a robot: it tells nobody anything.
 * @throws {OptInError} when sender, group or store cannot be had; nothing is kept then.
 */
export async function submitForm(store: Store, settings: FormSettings, submission: FormSubmission): Promise<FormAnswer> {
	const sender = await store.read((db) => resolveSender(db, settings.sender, 'whatsapp'));
	const country = settings.country || sender.country;
	const values = readValues(submission.fields);

	if (readText(submission.fields[FIELD.trap]) !== '') {
		const link = clickToChatLink({ senderPhone: sender.phone, shortcode: null, code: null });
		return { status: 200, html: finalPage(settings, { number: writeNumber(sender.phone), link, text: 'START' }), invited: false };
	}
	const errors = findErrors(values, country);
	if (errors.length > 0) return { status: 422, html: formPage(settings, { values, errors, example: exampleNumber(country) }), invited: false };

	const joins = settings.group !== '' && (settings.groupQuestion.trim() === '' || values.group);
	const invitation = await invite(store, {
		sender: settings.sender,
		number: values.phone,
		country,
		...(joins && { group: settings.group }),
		language: settings.language,
		evidence: {
			formVersion: settings.consentVersion,
			consentText: consentText(settings),
			smsConsent: settings.consentCoversSms,
			...(submission.address !== null && { address: submission.address }),
			...(submission.userAgent !== null && { userAgent: submission.userAgent.slice(0, LONGEST_USER_AGENT) }),
		},
		inbox: submission.inbox,
	});
	return {
		status: 200,
		html: finalPage(settings, { number: writeNumber(invitation.senderPhone), link: invitation.link, text: invitation.text }),
		invited: invitation.eventId !== null,
	};
}

function readValues(fields: FormSubmission['fields']): FormValues {
	return {
		phone: readText(fields[FIELD.phone]).slice(0, LONGEST_NUMBER),
		group: isTicked(fields[FIELD.group]),
		consent: isTicked(fields[FIELD.consent]),
	};
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
	const values: unknown[] = Array.isArray(value) ? value : [value];
	return values.some((each) => !['', '0', 'false', 'no', 'off'].includes(readText(each).toLowerCase()));
}

function exampleNumber(country: string): string | null {
	return isSupportedCountry(country) ? (getExampleNumber(country, examples)?.formatNational() ?? null) : null;
}

function writeNumber(phone: string): string {
	return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;
}

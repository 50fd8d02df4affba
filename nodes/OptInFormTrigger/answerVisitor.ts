import type { IWebhookFunctions } from 'n8n-workflow';

import { OptInError, StoreUnavailableError } from '../../domain/errors';
import { noticePage, textsOf } from '../../services/optInForm/page';
import type { FormSettings } from '../../services/optInForm/settings';
import { type FormAnswer, showForm, submitForm } from '../../services/optInForm/submitForm';
import { withWebhookStore } from '../shared/store';
import { requestOf, responseOf, visitorAddress } from '../shared/webhookRequest';
import { readFormSettings } from './formSettings';

const WEB_FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const TRY_AGAIN_AFTER_SECONDS = 30;

/**
 * The page lies on the same host as n8n's editor: the sandbox keeps it away from the editor's session, as n8n does with
 * pages it sends itself, and the rest lets it load and run nothing. (Without allow-scripts, browsers ignore `autofocus`.)
 */
const PAGE_POLICY =
	"sandbox allow-forms allow-scripts allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'";

export interface VisitorAnswer {
	status: number;
	contentType: string;
	body: string;
	/** Whether an event waits for the workflow. */
	invited: boolean;
	/** When it makes sense to come again. */
	retryAfterSeconds?: number;
}

/** Answers one request for the form, whatever is in it and however the store is. Never throws. */
export async function answerVisitor(node: IWebhookFunctions, inbox: string): Promise<VisitorAnswer> {
	const request = requestOf(node);
	const settings = readFormSettings(node, {
		asked: askedLanguage(request.originalUrl),
		accepted: request.headers['accept-language'] ?? '',
	});
	try {
		return await answer(node, settings, inbox);
	} catch (error) {
		return refuse(node, settings, error);
	}
}

/** Never throws: what is no address asks for nothing. */
function askedLanguage(url: string | undefined): string {
	return new URLSearchParams((url ?? '').split('?')[1] ?? '').get('language') ?? '';
}

async function answer(node: IWebhookFunctions, settings: FormSettings, inbox: string): Promise<VisitorAnswer> {
	const request = requestOf(node);
	if (request.method !== 'POST') return page(await withWebhookStore(node, (store) => showForm(store, settings)));

	const mediaType = mediaTypeOf(request.headers['content-type'] ?? '');
	if (mediaType !== WEB_FORM) return wrongFormat(settings, mediaType);
	const submission = {
		fields: node.getBodyData(),
		address: visitorAddress(request),
		userAgent: request.headers['user-agent'] ?? null,
		inbox,
	};
	return page(await withWebhookStore(node, (store) => submitForm(store, settings, submission)));
}

function page({ html, ...answered }: Omit<FormAnswer, 'status'> & { status: number }): VisitorAnswer {
	return { ...answered, contentType: 'text/html; charset=utf-8', body: html };
}

/** Without parameters such as `charset`. */
const mediaTypeOf = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

function wrongFormat(settings: FormSettings, mediaType: string): VisitorAnswer {
	const { wrongFormat: text, problem } = textsOf(settings);
	if (mediaType === JSON_TYPE)
		return { status: 415, contentType: JSON_TYPE, body: JSON.stringify({ error: text }), invited: false };
	return page({ status: 415, html: noticePage(settings, { title: problem, text, back: true }), invited: false });
}

/** The visitor learns that it is not their fault; what it is stands in n8n's log, and in a test run on the page. */
function refuse(node: IWebhookFunctions, settings: FormSettings, error: unknown): VisitorAnswer {
	const texts = textsOf(settings);
	const reason = error instanceof Error ? error.message : String(error);
	const down = error instanceof StoreUnavailableError || !(error instanceof OptInError);
	node.logger.error(`Opt-in form of the node "${node.getNode().name}": ${reason}`);
	const notice = down
		? { title: texts.tryAgain, text: texts.unavailable, back: true }
		: { title: texts.notReady, text: texts.notReadyText };
	return page({
		status: 503,
		html: noticePage(settings, node.getMode() === 'manual' ? { ...notice, text: reason } : notice),
		invited: false,
		retryAfterSeconds: TRY_AGAIN_AFTER_SECONDS,
	});
}

/** Ends the response with the answer. */
export function sendAnswer(
	node: IWebhookFunctions,
	{ status, contentType, body, retryAfterSeconds }: VisitorAnswer,
): void {
	const response = responseOf(node);
	response.statusCode = status;
	response.removeHeader('X-Frame-Options');
	response.setHeader('Content-Type', contentType);
	response.setHeader('Content-Security-Policy', PAGE_POLICY);
	response.setHeader('Cache-Control', 'no-store');
	response.setHeader('Referrer-Policy', 'no-referrer');
	response.setHeader('X-Content-Type-Options', 'nosniff');
	response.setHeader('Vary', 'Accept-Language');
	if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds));
	response.end(body);
}

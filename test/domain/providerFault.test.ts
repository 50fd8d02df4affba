import {
	effectsOf,
	type ErrorClass,
	type FaultEffects,
	type FaultToldBy,
	NO_ANSWER,
	NOT_REACHED,
	type ProviderFault,
	TRIAL_MODE,
} from '../../domain/providerFault';

const fault = (errorClass: ErrorClass, more: Partial<ProviderFault> = {}): ProviderFault => ({
	class: errorClass,
	code: 'x',
	...more,
});
const notReached = fault('retry', { code: NOT_REACHED });
const proxys = fault('retryLater', { stopsWhenItLasts: true });
const ofOnesValues = fault('pauseCampaign', { failsWhenRepeated: true });

const inCampaign: FaultToldBy = { by: 'answer', isOfCampaign: true, attempts: 1, isWaitedFor: false };
const again: FaultToldBy = { by: 'answer', isOfCampaign: true, attempts: 2, isWaitedFor: false };
const single: FaultToldBy = { by: 'answer', isOfCampaign: false, attempts: 1, isWaitedFor: true };
const status: FaultToldBy = { by: 'status', isOfCampaign: true };
const statusOfSingle: FaultToldBy = { by: 'status', isOfCampaign: false };

type Row = [
	what: string,
	ProviderFault,
	FaultToldBy,
	message: FaultEffects['message'],
	campaign?: FaultEffects['campaign'],
	sender?: FaultEffects['sender'],
	person?: FaultEffects['person'],
];

const rows: Row[] = [
	['failed, as an answer', fault('failed'), inCampaign, 'fails'],
	['failed, of a single message', fault('failed'), single, 'fails'],
	['failed, as a status', fault('failed'), status, 'fails'],
	['left out by trial mode', fault('failed', { code: TRIAL_MODE }), inCampaign, 'leftOut'],
	['opted out, as an answer', fault('optedOut'), inCampaign, 'fails', null, null, 'optsOut'],
	['opted out, as a status', fault('optedOut'), status, 'fails', null, null, 'optsOut'],
	['unknown, as an answer', fault('unknown'), again, 'unknown'],
	['unknown, of a single message', fault('unknown'), single, 'unknown'],
	['unknown, as a status', fault('unknown'), status, 'fails'],
	['no answer', fault('unknown', { code: NO_ANSWER }), inCampaign, 'unknown', null, 'pauses'],
	['no answer, of a single message', fault('unknown', { code: NO_ANSWER }), single, 'unknown', null, 'pauses'],
	['a gateway’s HTTP 502', fault('unknown', { code: 'http:502' }), inCampaign, 'unknown', null, 'pauses'],
	['retry, as an answer', fault('retry'), inCampaign, 'triesAgain'],
	['retry, of a single message', fault('retry'), single, 'triesAgain'],
	['retry, as a status', fault('retry'), status, 'fails'],
	['throttled, as an answer', fault('retryLater'), inCampaign, 'keepsTry', null, 'slowsDown'],
	['throttled, of a single message', fault('retryLater'), single, 'triesAgain', null, 'slowsDown'],
	['throttled, as a status', fault('retryLater'), status, 'fails', null, 'slowsDown'],
	['not reached', notReached, inCampaign, 'keepsTry', null, 'pauses'],
	['not reached, of a single message', notReached, single, 'triesAgain', null, 'pauses'],
	['an answer of a proxy', proxys, inCampaign, 'keepsTry', null, 'pauses'],
	['an answer of a proxy, of a single message', proxys, single, 'triesAgain', null, 'pauses'],
	['the campaign’s fault, as an answer', fault('pauseCampaign'), inCampaign, 'waits', 'pauses'],
	['the campaign’s fault, each time', fault('pauseCampaign'), again, 'waits', 'pauses'],
	['the campaign’s fault, of a single message', fault('pauseCampaign'), single, 'fails'],
	['the campaign’s fault, as a status', fault('pauseCampaign'), status, 'fails', 'pauses'],
	['the campaign’s fault, as a status of a single message', fault('pauseCampaign'), statusOfSingle, 'fails'],
	['perhaps one person’s values', ofOnesValues, inCampaign, 'waits', 'pauses'],
	['surely one person’s values', ofOnesValues, again, 'fails'],
	['the account’s fault, as an answer', fault('stopSender'), inCampaign, 'waits', null, 'stops'],
	['the account’s fault, of a single message', fault('stopSender'), single, 'fails', null, 'stops'],
	['the account’s fault, as a status', fault('stopSender'), status, 'fails', null, 'stops'],
];

describe('What a provider’s fault does', () => {
	it.each(rows)('%s', (_, given, told, message, campaign = null, sender = null, person = null) => {
		expect(effectsOf(given, told)).toEqual({ message, campaign, sender, person });
	});

	it('to campaign, sender and person is the same for an answer and a status', () => {
		for (const errorClass of new Set(rows.map(([, each]) => each.class))) {
			const { campaign, sender, person } = effectsOf(fault(errorClass), inCampaign);
			expect(effectsOf(fault(errorClass), status)).toMatchObject({ campaign, sender, person });
		}
	});
});

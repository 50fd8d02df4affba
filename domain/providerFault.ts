/**
 * What kind of fault a provider tells of, decided once for each code in `providers/…/errors.ts`:
 * retry (nothing was sent, soon again) · retryLater (the sender slows down) · failed (this message only) ·
 * optedOut (the provider says the person does not want it) · pauseCampaign · stopSender (the account is at fault) ·
 * unknown (it may have been sent: never again without the operator).
 */
export type ErrorClass = 'retry' | 'retryLater' | 'failed' | 'optedOut' | 'pauseCampaign' | 'stopSender' | 'unknown';

export interface ProviderFault {
	class: ErrorClass;
	code: string;
	/** The answer came from something between us and the provider: the sender stops for it only when it lasts. */
	stopsWhenItLasts?: true;
	/** It may lie in what this one person's fields put in: the second time the message fails instead of pausing its campaign. */
	failsWhenRepeated?: true;
}

/** The code of a fault where no connection could be made, so that nothing was sent. */
export const NOT_REACHED = 'http:not_reached';
/** The code of a fault where a request went out and no answer came. */
export const NO_ANSWER = 'http:no_answer';
/** The code of a fault where trial mode leaves the person out. */
export const TRIAL_MODE = 'trial_mode';

/** How a fault came to be known, and what the message it speaks of is. */
export type FaultToldBy =
	| {
			/** A status: the provider had taken the message, and gives it up. */
			by: 'status';
			isOfCampaign: boolean;
	  }
	| {
			/** The answer to the request, or what came instead of one. */
			by: 'answer';
			isOfCampaign: boolean;
			/** How often the message was requested, this time included. */
			attempts: number;
			/** Whether somebody waits for this very message, which then cannot outlast an outage. */
			isWaitedFor: boolean;
	  };

export interface FaultEffects {
	/**
	 * fails · leftOut · unknown · triesAgain (and spends a try) · keepsTry (goes back as if it had not been tried) ·
	 * waits (for the operator).
	 */
	message: 'fails' | 'leftOut' | 'unknown' | 'triesAgain' | 'keepsTry' | 'waits';
	campaign: 'pauses' | null;
	/** pauses (the provider is not reached, or something else answers) · slowsDown (the provider throttles it) · stops. */
	sender: 'pauses' | 'slowsDown' | 'stops' | null;
	person: 'optsOut' | null;
}

/** What a provider's fault does to message, campaign, sender and person, whether it comes as an answer or as a status. */
export function effectsOf(fault: ProviderFault, told: FaultToldBy): FaultEffects {
	const message = effectOnMessage(fault, told);
	return {
		message,
		// The second time it is known to be this person's values.
		campaign:
			fault.class === 'pauseCampaign' && told.isOfCampaign && (told.by === 'status' || message === 'waits')
				? 'pauses'
				: null,
		sender: effectOnSender(fault),
		person: fault.class === 'optedOut' ? 'optsOut' : null,
	};
}

function effectOnMessage(fault: ProviderFault, told: FaultToldBy): FaultEffects['message'] {
	// What was given up after it was taken is not sent again: nobody knows how far it had come.
	if (told.by === 'status') return 'fails';
	switch (fault.class) {
		case 'failed':
			return fault.code === TRIAL_MODE ? 'leftOut' : 'fails';
		case 'optedOut':
			return 'fails';
		case 'unknown':
			return 'unknown';
		case 'retry':
		case 'retryLater':
			return effectOnSender(fault) !== null && !told.isWaitedFor ? 'keepsTry' : 'triesAgain';
		case 'pauseCampaign':
		case 'stopSender':
			if (fault.failsWhenRepeated && told.attempts > 1) return 'fails';
			return told.isOfCampaign ? 'waits' : 'fails';
	}
}

/** Of any message: what a fault says of the sender does not depend on whose message met it. */
export function effectOnSender({ class: errorClass, code, stopsWhenItLasts }: ProviderFault): FaultEffects['sender'] {
	if (errorClass === 'stopSender') return 'stops';
	if (errorClass === 'retryLater') return stopsWhenItLasts ? 'pauses' : 'slowsDown';
	return code === NOT_REACHED || isNobodysWord(errorClass, code) ? 'pauses' : null;
}

/** No answer, or one of a gateway that lost what is behind it: what is sent meanwhile would only become unknown, too. */
function isNobodysWord(errorClass: ErrorClass, code: string): boolean {
	return errorClass === 'unknown' && code.startsWith('http:');
}

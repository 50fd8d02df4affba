/** What one signal meant at its place in the history. */
export type ConsentOutcome =
	| 'registered'
	| 'alreadyRegistered'
	| 'joinedGroup'
	| 'smsConsent'
	| 'optedOut'
	| 'alreadyOptedOut'
	| 'leftGroup'
	/** By Meta's own switch, or an error that tells of it: the registration stays. */
	| 'marketingOff'
	| 'resumed'
	| 'invited'
	| 'alreadyInvited'
	| 'revoked'
	| 'refused'
	| 'numberChanged'
	| 'help'
	/** May be an opt-out: to be asked, and asked already. */
	| 'doubtful'
	| 'alreadyAsked'
	| 'unknownSender'
	| 'none';

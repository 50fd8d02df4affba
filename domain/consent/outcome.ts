/** What one signal meant at its place in the history. */
export type ConsentOutcome =
	| 'registered'
	| 'alreadyRegistered'
	| 'joinedGroup'
	| 'smsConsent'
	| 'optedOut'
	| 'alreadyOptedOut'
	| 'leftGroup'
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

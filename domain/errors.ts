/** Base of everything that is the user's to solve: the message says what happened and what to do. */
export class OptInError extends Error {
	override readonly name: string = 'OptInError';
}

/** A value that cannot be used as it was given. */
export class InvalidInputError extends OptInError {
	override readonly name = 'InvalidInputError';
}

/** Something named by id, number or shortcode does not exist. */
export class NotFoundError extends OptInError {
	override readonly name = 'NotFoundError';
}

/** Two things that exclude each other, e.g. one phone number in two contacts. */
export class ConflictError extends OptInError {
	override readonly name = 'ConflictError';
}

/** The store cannot be opened, or not now. Callers that can wait should try again. */
export class StoreUnavailableError extends OptInError {
	override readonly name = 'StoreUnavailableError';
}

/** The set-up is not one that can work (credential, settings, schema newer than this version). */
export class ConfigurationError extends OptInError {
	override readonly name = 'ConfigurationError';
}

/** Nothing is sent until an operator has confirmed that the store is the right one. */
export class SendingBlockedError extends OptInError {
	override readonly name = 'SendingBlockedError';
}

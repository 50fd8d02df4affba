import { ConfigurationError, StoreUnavailableError } from '../../domain/errors';

/** Connection lost or refused, server starting or stopping; SQLite: busy, locked, I/O error, full, cannot open. */
const UNAVAILABLE =
	/^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EHOSTUNREACH|ENETUNREACH|08...|57P0.|53...|SQLITE_(5|6|10|13|14))$/;
const WRONG_LOGIN = /^(28...|3D000)$/;

/** Turns what the drivers throw into the domain's errors; everything else passes as it is. */
export function storeError(error: unknown): unknown {
	const { code, message } = Object(error) as { code?: string; message?: string };
	if (typeof code !== 'string') {
		return /timeout exceeded when trying to connect|Connection terminated|driver has already been destroyed/.test(
			String(message),
		)
			? new StoreUnavailableError(`The store does not answer: ${message}. It is tried again.`)
			: error;
	}
	if (WRONG_LOGIN.test(code)) {
		return new ConfigurationError(`The database refuses the login of the Opt-In Store credential: ${message}.`);
	}
	if (UNAVAILABLE.test(code)) {
		return new StoreUnavailableError(`The store does not answer: ${message || code}. It is tried again.`);
	}
	return error;
}

/** True for conflicts between transactions, which end when the transaction is done once more. */
export function isTransactionConflict(error: unknown): boolean {
	const { code } = Object(error) as { code?: string };
	return code === '40001' || code === '40P01';
}

import { createHmac, timingSafeEqual } from 'node:crypto';

import { InvalidInputError } from '../../domain/errors';

/** 96 bits: nobody guesses a handle, so a web page's form that carries one was made from a list. */
const MAC_CHARACTERS = 16;

export interface RegistrationId {
	senderId: number;
	identityId: number;
}

/** Names one registration without its number, for lists that show none and for the forms of web pages. */
export function handleOf({ senderId, identityId }: RegistrationId, ledgerKey: string): string {
	return `${senderId}.${identityId}.${macOf(senderId, identityId, ledgerKey)}`;
}

/** @throws {InvalidInputError} for what is no handle of this store. */
export function readHandle(handle: string, ledgerKey: string): RegistrationId {
	const [, sender = '', identity = '', mac = ''] = /^(\d{1,15})\.(\d{1,15})\.([\w-]{16})$/.exec(handle) ?? [];
	const [senderId, identityId] = [Number(sender), Number(identity)];
	if (mac === '' || !timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(senderId, identityId, ledgerKey)))) {
		throw new InvalidInputError(
			'This is no handle of a registration in this store. Take the handle of an item of Get Many, unchanged.',
		);
	}
	return { senderId, identityId };
}

function macOf(senderId: number, identityId: number, ledgerKey: string): string {
	return createHmac('sha256', ledgerKey)
		.update(`registration handle\n${senderId}\n${identityId}`)
		.digest('base64url')
		.slice(0, MAC_CHARACTERS);
}

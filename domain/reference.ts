/**
 * What travels with a message to its provider and comes back with a status: `<store id>-<message id>`. The store's id
 * keeps apart two stores that share an account at the provider.
 */
export function referenceOf(storeId: string, messageId: number): string {
	return `${storeId}-${messageId}`;
}

/** The message's id, or null where the reference is not one of this store's. */
export function messageIdOf(storeId: string, reference: string | null | undefined): number | null {
	const match = /^([0-9a-f]{8})-([1-9]\d{0,14})$/.exec(reference ?? '');
	return match && match[1] === storeId ? Number(match[2]) : null;
}

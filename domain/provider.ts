/** What the rules need to know of a provider. How it is talked to: providers/. */
interface ProviderTraits {
	/** As the editor shows it. */
	label: string;
	/** Messages a second, where nothing else is said. */
	ratePerSecond: number;
	/**
	 * Which of the two tells the company's number in a webhook: the id that the provider gave it, or the number itself. Where it is the
	 * number, the id may go on to another one, which then is a sender of its own.
	 */
	senderIsKnownBy: 'id' | 'number';
}

/** Every provider: what else is needed for one more is a compile error until it is there (nodes/shared/providers.ts). */
export const PROVIDERS = {
	// Meta's figure for a number.
	meta: { label: 'Meta (WhatsApp Cloud API)', ratePerSecond: 80, senderIsKnownBy: 'number' },
	// LINK Mobility tells no figure.
	websms: { label: 'Websms (LINK Mobility)', ratePerSecond: 10, senderIsKnownBy: 'id' },
} as const satisfies Record<string, ProviderTraits>;

export type ProviderName = keyof typeof PROVIDERS;

/** For lists to choose from. */
export const providerNames = Object.keys(PROVIDERS) as ProviderName[];

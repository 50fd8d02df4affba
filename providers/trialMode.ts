import { TRIAL_MODE } from '../domain/providerFault';
import { lineOf } from '../domain/line';
import { toldNumber } from './address';
import type { Provider, ProviderError } from './provider';
import { refuse } from './results';

const notAllowed: ProviderError = {
	class: 'failed',
	code: TRIAL_MODE,
	message:
		'The credential is in trial mode and sends to its allowed numbers only. Add this number to them, or switch trial mode off.',
};

/**
 * A provider that sends to the allowed numbers (international, as typed: `+39 333 1234567`) and refuses everybody else
 * without asking the provider, people known by their WhatsApp user id only among them.
 */
export function withTrialMode(provider: Provider, allowedPhones: readonly string[]): Provider {
	const allowed = new Set(allowedPhones.map((phone) => toldNumber(phone).phone));
	const allows = (phone: string | null): boolean => phone !== null && allowed.has(lineOf(phone));
	return {
		name: provider.name,
		maxRecipients: (channel) => provider.maxRecipients(channel),
		check: () => provider.check(),
		allows,
		connect: (requests) => provider.connect(requests),
		async send(request, connection) {
			const recipients = request.recipients.filter(({ phone }) => allows(phone));
			const sent = recipients.length === 0 ? [] : await provider.send({ ...request, recipients }, connection);
			const results = new Map(sent.map((result) => [result.reference, result]));
			return request.recipients.map((recipient) => results.get(recipient.reference) ?? refuse(recipient, notAllowed));
		},
	};
}

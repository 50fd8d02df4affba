import type { Provider, SendRequest } from '../../providers/provider';
import { withTrialMode } from '../../providers/trialMode';
import { person, sendRequest } from './support/requests';

function recordingProvider(): { provider: Provider; requests: SendRequest[] } {
	const requests: SendRequest[] = [];
	const provider: Provider = {
		name: 'websms',
		maxRecipients: () => 1000,
		check: () => Promise.resolve(),
		connect: () => Promise.resolve({ connections: [] }),
		send(request) {
			requests.push(request);
			return Promise.resolve(
				request.recipients.map(({ reference }) => ({
					reference,
					accepted: true as const,
					providerMessageId: `id of ${reference}`,
				})),
			);
		},
	};
	return { provider, requests };
}

test('in trial mode only allowed numbers are sent to, and everybody has a result in their place', async () => {
	const { provider, requests } = recordingProvider();
	const trial = withTrialMode(provider, ['+39 333 1234567', '00436601234567']);
	const recipients = [
		person('a', '+436609999999'),
		person('b', '+393331234567'),
		person('c', null, 'IT.123'),
		person('d', '+436601234567'),
	];

	const results = await trial.send(sendRequest({ recipients }));

	expect(requests.map((request) => request.recipients.map(({ reference }) => reference))).toEqual([['b', 'd']]);
	expect(results).toEqual([
		{ reference: 'a', accepted: false, error: expect.objectContaining({ class: 'failed', code: 'trial_mode' }) },
		{ reference: 'b', accepted: true, providerMessageId: 'id of b' },
		{ reference: 'c', accepted: false, error: expect.objectContaining({ class: 'failed', code: 'trial_mode' }) },
		{ reference: 'd', accepted: true, providerMessageId: 'id of d' },
	]);
});

test('in trial mode the provider is not asked when nobody is allowed', async () => {
	const { provider, requests } = recordingProvider();
	// An entry that is no number allows nobody, not those without a number either.
	const trial = withTrialMode(provider, ['anybody']);
	await trial.send(sendRequest({ recipients: [person('a', '+436609999999'), person('b', null, 'IT.123')] }));
	expect(requests).toEqual([]);
});

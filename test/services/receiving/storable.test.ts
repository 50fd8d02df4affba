import { deliver, message, seen } from '../../support/inbound';
import { describeStores } from '../../support/stores';

describeStores('An id that PostgreSQL cannot hold', (context) => {
	it.each([
		['a NUL in the id of the message', { id: 'wamid.\0' }],
		['half a surrogate pair in the id of the message', { id: 'wamid.\ud800' }],
		['a NUL in the type', { messageType: 'te\0xt' }],
		['a NUL in the id of the sender', { providerSenderId: '1\0', senderPhone: null }],
		['a NUL in the name of the user', { whatsAppUserId: 'IT.\0', phone: null }],
		['a NUL in the text', { id: 'a' }],
	])('%s loses no STOP beside it', async (_what, told) => {
		const { store } = context();
		await deliver(store, message('START'));
		context().clock.advance(1_000);
		const answer = await deliver(store, message('hello \0', told), message('STOP'));
		expect(answer.status).toBe(200);
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
	});
});

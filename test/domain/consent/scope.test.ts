import fc from 'fast-check';

import {
	groupsAmong,
	groupScope,
	isScope,
	marketingScope,
	readScope,
	senderScope,
} from '../../../domain/consent/scope';
import { ownScope, portableScope } from '../../../domain/optOutScope';

const names = { senderPhone: (id: number) => `+39${id}`, shortcode: (id: number) => `group${id}` };
const ids = {
	senderId: (phone: string) => Number(phone.slice('+39'.length)),
	groupId: (shortcode: string) => Number(shortcode.slice('group'.length)),
};
const anyId = fc.integer({ min: 1, max: 1_000_000 });
const anyScope = fc.oneof(
	fc.constantFrom('all', 'sms'),
	anyId.map(senderScope),
	anyId.map(marketingScope),
	anyId.map(groupScope),
);

describe('A scope', () => {
	it('is read as it was written, and comes back from a file', () => {
		fc.assert(
			fc.property(anyScope, (scope) => {
				const { kind, id } = readScope(scope)!;
				expect(id === null ? kind : `${kind}:${id}`).toBe(scope);
				expect(ownScope(portableScope(scope, names)!, ids)).toBe(scope);
			}),
		);
	});

	it.each([
		'',
		'everything',
		'ALL',
		'sender',
		'sender:',
		'sender:+39333',
		'sender:1:2',
		'marketing:x',
		'group:-1',
		'erased',
	])('is not "%s"', (text) => {
		expect(isScope(text)).toBe(false);
	});

	it('of a sender or group that is gone is not written into a file, and of an unknown one not read', () => {
		const nobody = { senderPhone: () => undefined, shortcode: () => undefined };
		const nothing = { senderId: () => undefined, groupId: () => undefined };
		for (const kind of ['sender', 'marketing', 'group'] as const) {
			expect(portableScope(`${kind}:7`, nobody)).toBeNull();
			expect(ownScope(`${kind}:+39333`, nothing)).toBeNull();
		}
		expect([portableScope('erased', nobody), ownScope('erased', nothing)]).toEqual(['erased', 'erased']);
	});

	it('may be one of a group, each of which counts once', () => {
		expect(groupsAmong(['all', 'group:3', 'sender:5', 'group:3', 'group:4'])).toEqual([3, 4]);
	});
});

import fc from 'fast-check';

import { decide, type PermissionFacts, STOP_CONFIRMATION_MS, WINDOW_MS } from '../../domain/permission';

const now = Date.UTC(2026, 10, 22, 12);

const facts = (over: Partial<PermissionFacts> = {}): PermissionFacts => ({
	channel: 'whatsapp',
	purpose: 'advertisement',
	contentType: 'text',
	at: now,
	hasAddress: true,
	contradicted: false,
	registration: { state: 'active', lastInboundAt: now - 1_000 },
	optedOut: false,
	leftGroup: false,
	smsOptedOut: false,
	marketingOff: false,
	smsConsent: true,
	leftWhatsApp: false,
	reply: null,
	...over,
});

const anyFacts: fc.Arbitrary<PermissionFacts> = fc.record({
	channel: fc.constantFrom('whatsapp', 'sms'),
	purpose: fc.constantFrom('advertisement', 'service'),
	contentType: fc.constantFrom('text', 'template'),
	at: fc.constant(now),
	hasAddress: fc.boolean(),
	contradicted: fc.boolean(),
	registration: fc.option(
		fc.record({
			state: fc.constantFrom('invited', 'waiting', 'active', 'ended'),
			lastInboundAt: fc.option(fc.integer({ min: now - 2 * WINDOW_MS, max: now })),
		}),
	),
	optedOut: fc.boolean(),
	leftGroup: fc.boolean(),
	smsOptedOut: fc.boolean(),
	marketingOff: fc.boolean(),
	smsConsent: fc.boolean(),
	leftWhatsApp: fc.boolean(),
	reply: fc.constant(null),
});

describe('Permission to send', () => {
	it('is given where everything is in order', () => {
		expect(decide(facts())).toBe('allowed');
		expect(decide(facts({ channel: 'sms' }))).toBe('allowed');
	});

	it('for WhatsApp needs an active registration with the sender, whatever else is true', () => {
		fc.assert(
			fc.property(
				anyFacts,
				(each) => each.channel === 'sms' || each.registration?.state === 'active' || decide(each) !== 'allowed',
			),
		);
	});

	it('is never given to whom Verify found contradicted, whatever else is true', () => {
		fc.assert(fc.property(anyFacts, (each) => !each.contradicted || decide(each) !== 'allowed'));
		expect(decide(facts({ contradicted: true }))).toBe('records contradicted');
	});

	it('for advertising is never given against a STOP, and by SMS never without consent', () => {
		fc.assert(
			fc.property(anyFacts, (each) => {
				const isForbidden = each.optedOut || (each.channel === 'sms' && (!each.smsConsent || each.smsOptedOut));
				return each.purpose === 'service' || !isForbidden || decide(each) !== 'allowed';
			}),
		);
	});

	it('for SMS is never given against a STOP by SMS, nor to who left WhatsApp by their own word', () => {
		fc.assert(
			fc.property(
				anyFacts,
				(each) => each.channel === 'whatsapp' || !(each.smsOptedOut || each.leftWhatsApp) || decide(each) !== 'allowed',
			),
		);
	});

	it('for free text on WhatsApp ends 24 hours after the person last wrote', () => {
		const wrote = (ago: number) => facts({ registration: { state: 'active', lastInboundAt: now - ago } });
		expect(decide(wrote(WINDOW_MS - 1))).toBe('allowed');
		expect(decide(wrote(WINDOW_MS))).toBe('outside the 24-hour window');
		expect(decide(facts({ registration: { state: 'active', lastInboundAt: null } }))).toBe(
			'outside the 24-hour window',
		);
		expect(decide({ ...wrote(WINDOW_MS), contentType: 'template' })).toBe('allowed');
	});

	it('says which of the reasons it is', () => {
		expect(decide(facts({ registration: null }))).toBe('not registered');
		expect(decide(facts({ registration: null, hasAddress: false }))).toBe('no number');
		expect(decide(facts({ registration: { state: 'waiting', lastInboundAt: now } }))).toBe('place on the waiting list');
		expect(decide(facts({ channel: 'sms', smsConsent: false }))).toBe('no SMS consent');
		expect(decide(facts({ marketingOff: true }))).toBe('opted out');
		expect(decide(facts({ marketingOff: true, purpose: 'service' }))).toBe('allowed');
		expect(decide(facts({ leftGroup: true }))).toBe('opted out');
	});
});

describe('A Reply', () => {
	const reply = (over: Partial<NonNullable<PermissionFacts['reply']>>) =>
		facts({
			registration: null,
			optedOut: true,
			reply: { writtenAt: now - 1_000, isStop: false, stoppedSince: false, alreadyAnswered: false, ...over },
		});

	it('is permitted once within 24 hours, registered or not', () => {
		expect(decide(reply({}))).toBe('allowed');
		expect(decide(reply({ alreadyAnswered: true }))).toBe('already replied');
		expect(decide(reply({ writtenAt: now - WINDOW_MS }))).toBe('outside the 24-hour window');
	});

	it('after a STOP may only be its confirmation, within 15 minutes', () => {
		expect(decide(reply({ stoppedSince: true }))).toBe('opted out');
		expect(decide(reply({ isStop: true, writtenAt: now - STOP_CONFIRMATION_MS }))).toBe('allowed');
		expect(decide(reply({ isStop: true, writtenAt: now - STOP_CONFIRMATION_MS - 1 }))).toBe('opted out');
	});
});

import fc from 'fast-check';

import { parseMessage } from '../../../domain/keyword';
import { flowAnswers } from '../../../providers/whatsapp/flowAnswers';

const read = (response: unknown) =>
	parseMessage(flowAnswers(typeof response === 'string' ? response : JSON.stringify(response)), null, 'nfm_reply');

describe('A form filled in inside WhatsApp', () => {
	it.each<[object | string, string | null]>([
		[{ flow_token: 'abc' }, null],
		[{ screen_0_Choose_0: '1_Weekly_news', screen_0_Name_1: 'Anna' }, 'Weekly news\nAnna'],
		[{ topics: ['0_News', '2_Sport'] }, 'News\nSport'],
		[{ page: { again: { choice: 'optOut' } } }, 'opt Out'],
		[{ unsubscribe: true, terms: false, age: 41 }, 'unsubscribe'],
		[{ stop_messages: 'yes' }, 'yes\nstop messages'],
		['{"broken": "STOP', 'broken\nSTOP'],
		['"STOP"', 'STOP'],
		['', null],
		['null', null],
		[{ text: 'x'.repeat(1_000) }, 'x'.repeat(200)],
	])('of %j the answers are %j', (response, answers) => {
		expect(flowAnswers(typeof response === 'string' ? response : JSON.stringify(response))).toBe(answers);
	});

	it.each<object | string>([
		{ choice: '0_Stop' },
		{ choice: 'STOP', name: 'Anna' },
		{ choice: 'unsubscribe_from_all', flow_token: 'x' },
		{ choices: ['1_News', '3_Opt-out'] },
		{ unsubscribe: true },
		{ optOut: 'yes' },
		{ opt_out: 1 },
		{ comments: 'Please stop writing to me' },
		{ comments: 'Non voglio più ricevere messaggi', name: 'Luca' },
		{ a: { b: [{ c: 'abmelden' }] }, name: 'START' },
		{ choice: 'СТОП' },
		{ choice: 'Ende' },
		'{"choice":"STOP"',
		{ 'answer one': 'hello\nSTOP' },
	])('%j lets go', (response) => {
		expect(read(response)).toMatchObject({ kind: 'stop' });
	});

	it('leaves the group that an answer names, and everything where another says so', () => {
		expect(read({ choice: 'STOP NEWS', name: 'Anna' })).toMatchObject({ kind: 'stop', shortcode: 'news' });
		expect(read({ choice: 'STOP NEWS', all: 'STOP' })).toMatchObject({ kind: 'stop', shortcode: null });
	});

	it.each<object>([
		{ city: 'Alto', name: 'Anna' },
		{ name: 'Ende', mail: 'a@example.org' },
		{ reason: 'Not interested', name: 'Anna' },
	])('%j, which may be one, is asked about', (response) => {
		expect(read(response)).toMatchObject({ kind: 'message', isDoubtful: true });
	});

	it.each<object | string>([
		{ name: 'Anna', mail: 'anna@example.org' },
		{ smoker: 'No', name: 'Anna' },
		{ name: 'Start', city: 'Roma' },
		{ choice: 'START', flow_token: 'x', terms: 'accepted' },
		{},
		'',
		'[[[[',
	])('%j registers nobody, and nobody is asked', (response) => {
		const { kind, looksLikeOptOut, isDoubtful } = read(response);
		expect([kind, looksLikeOptOut, isDoubtful]).toEqual(['message', true, undefined]);
	});

	it('registers by a keyword that is all there is', () => {
		expect(read({ choice: 'START', flow_token: 'x' })).toMatchObject({ kind: 'start', shortcode: null });
		expect(read({ choice: '0_START_NEWS' })).toMatchObject({ kind: 'start', shortcode: 'news' });
		expect(read({ choice: '🚫 START' }).kind).toBe('message');
	});

	it('is read whatever it holds, in bounded size, and registers nobody by chance', () => {
		fc.assert(
			fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (response) => {
				const answers = flowAnswers(response) ?? '';
				expect(answers.length).toBeLessThan(40 * 201);
				expect(parseMessage(answers, null, 'nfm_reply')).not.toMatchObject({ kind: 'start' });
			}),
		);
		expect(flowAnswers(`${'{"a":'.repeat(100_000)}"STOP"`)?.length).toBeLessThan(40 * 201);
		expect(flowAnswers('['.repeat(30_000) + '"STOP"' + ']'.repeat(30_000))).toBeNull();
	});
});

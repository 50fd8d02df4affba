import { faultOfContent, toWhatsAppContent } from '../../../providers/whatsapp/content';

const template = (...bodyParameters: string[]) => ({
	type: 'template' as const,
	name: 'hi',
	language: 'it',
	code: 'it',
	bodyParameters,
});

describe('a value of a template', () => {
	test.each([
		['Anna\nMaria', 'Anna Maria'],
		['Anna\r\n\tMaria', 'Anna Maria'],
		['Anna     Maria', 'Anna Maria'],
		[' Anna\u00a0 ', 'Anna'],
		['Anna\u2028Maria', 'Anna Maria'],
		['Anna', 'Anna'],
	])('%j goes out as %j, as WhatsApp takes no line break, tab or row of spaces', (value, sent) => {
		expect(JSON.stringify(toWhatsAppContent(template(value)))).toContain(JSON.stringify({ type: 'text', text: sent }));
		expect(faultOfContent(template(value))).toBeNull();
	});

	test.each(['', ' ', '\n', '\u00a0'])('%j is empty, which is the fault of one message and of no campaign', (value) => {
		expect(faultOfContent(template('Anna', value))).toMatchObject({
			class: 'failed',
			code: 'value_missing',
			message: expect.stringContaining('value 2'),
		});
	});
});

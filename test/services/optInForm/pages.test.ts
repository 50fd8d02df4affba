import fc from 'fast-check';
import qrcode from 'qrcode-generator';

import { FORM_LIMITS } from '../../../domain/invitationLimits';
import { qrCodeSvg } from '../../../services/optInForm/qrCode';
import { finalPage } from '../../../services/optInForm/finalPage';
import { EMPTY_FORM, type FormError, formPage, type FormView } from '../../../services/optInForm/formPage';
import { fieldName } from '../../../services/optInForm/fields';
import { noticePage } from '../../../services/optInForm/page';
import type { FormSettings } from '../../../services/optInForm/settings';
import { DEFAULT_COLOUR, safeColour, textOn } from '../../../services/optInForm/style';
import { FORM_TEXTS } from '../../../services/optInForm/texts';
import { readMarkup } from '../../support/markup';

const settings: FormSettings = {
	sender: '',
	group: 'news',
	groupQuestion: 'The weekly recipe too',
	language: 'en',
	title: 'Bakery news',
	text: 'First paragraph.\n\nSecond paragraph.',
	button: 'Go on',
	consentText: 'I agree.',
	consentVersion: '3',
	consentCoversSms: false,
	privacyUrl: 'https://example.com/privacy',
	country: 'IT',
	groups: [],
	fields: [],
	colour: '#0b6e4f',
	background: '',
	theme: 'auto',
	layout: 'card',
	logo: '',
	limits: FORM_LIMITS,
	countries: '',
};
const blank: FormSettings = {
	...settings,
	group: '',
	groupQuestion: '',
	title: '',
	text: '',
	button: '',
	consentText: '',
	privacyUrl: '',
};
const recipe = { value: 'yes', label: 'The weekly recipe too' };
const view: FormView = { values: EMPTY_FORM, errors: [], fieldErrors: {}, groups: [recipe], example: '312 345 6789' };
const final = {
	number: '+39 333 123 4567',
	link: 'https://wa.me/393331234567?text=START%20NEWS%204k7q2mx',
	text: 'START NEWS 4k7q2mx',
};

/** What a value may try: to end the attribute, the element or the style sheet, and to bring in something of its own. */
const hostile = fc.oneof(
	fc.constantFrom(
		'<img src=https://evil.example/x onerror=alert(1)>',
		'"><script src="https://evil.example/x.js"></script>',
		"' onfocus='alert(1)",
		'</style><script>alert(1)</script>',
		'</title><base href="https://evil.example/">',
		'red;}body{background:url(https://evil.example/x)}',
		'`${alert(1)}`',
		'<!--',
		']]>',
		'\u0000<b>\ud800',
		'javascript:alert(1)',
		'data:text/html,<script>alert(1)</script>',
		'https://evil.example/" onclick="alert(1)',
	),
	fc.string({ unit: 'binary', maxLength: 80 }),
	fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '`', '=', '/', ' ', '\n', 'a', ';', '}', '{') }),
);
const hostileSettings = fc.record({
	sender: hostile,
	group: hostile,
	groupQuestion: hostile,
	language: fc.constantFrom('en' as const, 'it' as const, 'de' as const, 'fr' as const),
	title: hostile,
	text: hostile,
	button: hostile,
	consentText: hostile,
	consentVersion: hostile,
	consentCoversSms: fc.boolean(),
	privacyUrl: hostile,
	country: hostile,
	groups: fc.array(fc.record({ group: hostile, label: hostile }), { maxLength: 2 }),
	fields: fc.array(
		fc.record({
			type: fc.constantFrom(
				'name' as const,
				'email' as const,
				'language' as const,
				'text' as const,
				'choice' as const,
				'date' as const,
			),
			label: hostile,
			name: hostile,
			required: fc.boolean(),
			choices: fc.array(hostile, { maxLength: 3 }),
		}),
		{ maxLength: 3 },
	),
	colour: hostile,
	background: hostile,
	theme: fc.constantFrom('auto' as const, 'light' as const, 'dark' as const),
	layout: fc.constantFrom('card' as const, 'plain' as const),
	logo: hostile,
	limits: fc.constant(FORM_LIMITS),
	countries: hostile,
});
const errors = fc.subarray<FormError>(['phoneWrong', 'consentMissing']);

const FORM_ELEMENTS = [
	'!doctype',
	'html',
	'head',
	'meta',
	'link',
	'title',
	'style',
	'body',
	'main',
	'div',
	'h1',
	'h2',
	'p',
	'br',
	'form',
	'label',
	'input',
	'span',
	'button',
	'a',
	'img',
	'fieldset',
	'legend',
	'select',
	'option',
	'ol',
	'li',
	'svg',
	'rect',
	'path',
];
const ATTRIBUTES = [
	'lang',
	'charset',
	'name',
	'content',
	'rel',
	'href',
	'class',
	'src',
	'alt',
	'method',
	'action',
	'accept-charset',
	'novalidate',
	'for',
	'id',
	'type',
	'inputmode',
	'autocomplete',
	'maxlength',
	'required',
	'value',
	'aria-describedby',
	'aria-invalid',
	'aria-hidden',
	'autofocus',
	'checked',
	'selected',
	'tabindex',
	'role',
	'target',
	'viewbox',
	'shape-rendering',
	'width',
	'height',
	'fill',
	'd',
	'html',
];

function expectHarmless(markup: string, allowedLink: string): void {
	const { elements, style } = readMarkup(markup);
	for (const { name, attributes } of elements) {
		expect(FORM_ELEMENTS).toContain(name);
		for (const [attribute, value] of Object.entries(attributes)) {
			expect(ATTRIBUTES).toContain(attribute);
			if (attribute === 'src') expect(value).toMatch(/^data:image\//);
			if (attribute === 'href' && name === 'link') expect(value).toBe('data:,');
			if (attribute === 'href' && name === 'a' && value !== allowedLink && value !== '')
				expect(value).toMatch(/^https?:\/\//i);
			if (attribute === 'action') expect(value).toBe('');
		}
	}
	expect(style).not.toMatch(/url\(|@import|evil/);
}

describe('The opt-in form', () => {
	it('shows the company’s words, a telephone field and the consent to tick', () => {
		const page = formPage(settings, view);
		expect(page).toContain('<h1>Bakery news</h1>');
		expect(page).toContain('<p>First paragraph.</p><p>Second paragraph.</p>');
		expect(page).toContain('type="tel"');
		expect(page).toContain('autocomplete="tel"');
		expect(page).toContain('I agree.');
		expect(page).toContain('The weekly recipe too');
		expect(page).toContain('For example 312 345 6789');
		expect(page).toContain('href="https://example.com/privacy"');
		expect(page).toMatch(/<button[^>]*>Go on<\/button>/);
	});

	it.each(['en', 'it', 'de', 'fr', 'es', 'pt', 'nl'] as const)(
		'has words of its own in %s where the company gave none',
		(language) => {
			const page = formPage({ ...blank, language }, view);
			expect(page).toContain(`<html lang="${language}">`);
			expect(page).toContain(`<h1>${FORM_TEXTS[language].title}</h1>`);
			expect(page).toContain(FORM_TEXTS[language].consent);
			expect(page).not.toContain(FORM_TEXTS[language].consentWithSms);
			expect(formPage({ ...blank, language, consentCoversSms: true }, view)).toContain(
				FORM_TEXTS[language].consentWithSms,
			);
		},
	);

	it('says what is wrong beside the field and keeps what was typed', () => {
		const page = formPage(settings, {
			...view,
			values: { ...EMPTY_FORM, phone: '12 "3', groups: ['yes'] },
			errors: ['phoneWrong', 'consentMissing'],
			example: null,
		});
		const { elements } = readMarkup(page);
		const input = (name: string) => elements.find((element) => element.attributes.name === name)?.attributes ?? {};
		expect(input('phone')).toMatchObject({
			value: '12 "3',
			'aria-invalid': 'true',
			'aria-describedby': 'phone-hint phone-wrong',
		});
		expect(input('group')).toHaveProperty('checked');
		expect(input('consent')).not.toHaveProperty('checked');
		expect(input('consent')).toMatchObject({ 'aria-describedby': 'consent-wrong' });
		expect(page).toContain(FORM_TEXTS.en.phoneWrong);
		expect(page).toContain(FORM_TEXTS.en.consentMissing);
		expect(page).toContain('<title>Please check: Bakery news</title>');
	});

	it('has a trap for robots that no person sees or reaches by keyboard', () => {
		const { elements } = readMarkup(formPage(settings, view));
		const trap = elements.find((element) => element.attributes.name === 'website');
		expect(trap?.attributes).toMatchObject({ tabindex: '-1', autocomplete: 'off' });
		expect(formPage(settings, view)).toContain('<div class="trap" aria-hidden="true">');
	});

	it('asks for what the company wants to know, says what may stay empty, and keeps what was chosen', () => {
		const fields: FormSettings['fields'] = [
			{ type: 'email', label: '', name: '', required: true, choices: [] },
			{ type: 'choice', label: 'Your shop', name: 'shop', required: false, choices: ['Bozen', 'Meran'] },
			{ type: 'language', label: '', name: '', required: false, choices: [] },
		];
		const page = formPage(
			{ ...settings, fields },
			{
				...view,
				values: { ...EMPTY_FORM, fields: { email: 'anna@', shop: 'Meran' } },
				fieldErrors: { email: 'emailWrong' },
			},
		);
		const { elements } = readMarkup(page);
		const named = (name: string) => elements.find(({ attributes }) => attributes.name === name)?.attributes ?? {};
		expect(named('email')).toMatchObject({
			type: 'email',
			value: 'anna@',
			required: '',
			'aria-invalid': 'true',
			'aria-describedby': 'field-0-wrong',
			autofocus: '',
		});
		expect(named('shop')).toMatchObject({ id: 'field-1' });
		expect(
			elements
				.filter(({ name, attributes }) => name === 'option' && 'selected' in attributes)
				.map(({ attributes }) => attributes.value),
		).toEqual(['Meran', 'en']);
		expect(page).toContain('Your shop <span class="optional">(optional)</span>');
		expect(page).toContain('<title>Please check: Bakery news</title>');
		expect(elements.filter(({ attributes }) => 'autofocus' in attributes)).toHaveLength(1);
	});

	it('looks as the company says: theme, ground and frame', () => {
		const style = (look: Partial<FormSettings>) => readMarkup(formPage({ ...settings, ...look }, view)).style;
		expect(style({})).toContain('prefers-color-scheme: dark');
		expect(style({ theme: 'dark' })).toMatch(/^\s*:root[^}]*}\s*:root { color-scheme: dark;/);
		expect(style({ theme: 'light' })).not.toContain('prefers-color-scheme');
		// A dark ground gives light text, whatever the theme.
		expect(style({ theme: 'light', background: '#1d3557' })).toContain('color-scheme: dark; --ground: #1d3557');
		expect(style({ theme: 'dark', background: '#ffffff' })).toContain('color-scheme: light; --ground: #ffffff');
		expect(style({ background: 'red; } body { display: none' })).not.toContain('display: none');
		expect(formPage({ ...settings, layout: 'plain' }, view)).toContain('<body class="plain">');
	});

	it('links a label to every field that is shown', () => {
		const { elements } = readMarkup(formPage(settings, view));
		const labels = elements.filter(({ name }) => name === 'label').map(({ attributes }) => attributes.for ?? 'around');
		expect(labels).toEqual(['phone', 'around', 'around', 'around']);
	});

	it('needs no script and asks for nothing from elsewhere', () => {
		const pages = [
			formPage(blank, view),
			finalPage(settings, final),
			noticePage(settings, { title: 'x', text: 'y', back: true }),
		];
		for (const page of pages) {
			expect(page).not.toMatch(/<script|@import|url\(|<iframe|<object|srcset/i);
			const outside = page.replaceAll(final.link, '').match(/https?:\/\/[^"'\s<]*/g) ?? [];
			expect(outside).toEqual([]);
		}
	});

	it('leaves out a privacy link that is no web address', () => {
		for (const privacyUrl of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'ftp://x', 'https://a b']) {
			expect(formPage({ ...settings, privacyUrl }, view)).not.toContain('class="privacy"');
		}
	});

	it('shows a logo only when it comes with the page', () => {
		const data = 'data:image/png;base64,iVBORw0KGgo=';
		expect(formPage({ ...settings, logo: data }, view)).toContain(`src="${data}"`);
		expect(formPage({ ...settings, logo: 'https://example.com/logo.png' }, view)).not.toContain('<img');
	});

	it('lets no value of settings or visitor become markup, style or address', () => {
		fc.assert(
			fc.property(hostileSettings, hostile, errors, (hostileOnes, phone, wrong) => {
				expectHarmless(
					formPage(hostileOnes, {
						values: {
							phone,
							groups: [phone],
							consent: false,
							fields: Object.fromEntries(hostileOnes.fields.map((field) => [fieldName(field), phone])),
						},
						errors: wrong,
						fieldErrors: Object.fromEntries(
							hostileOnes.fields.map((field) => [fieldName(field), 'fieldMissing' as const]),
						),
						groups: hostileOnes.groups.map(({ group, label }) => ({ value: group, label })),
						example: phone,
					}),
					hostileOnes.privacyUrl,
				);
				expectHarmless(noticePage(hostileOnes, { title: phone, text: phone, back: true }), '');
			}),
			{ numRuns: 400 },
		);
	});
});

describe('The last page of the form', () => {
	it('gives number, link and QR code, and says what comes next', () => {
		const page = finalPage(settings, final);
		expect(page).toContain(
			`<a class="button" href="${final.link}" target="_blank" rel="noopener noreferrer">Open WhatsApp</a>`,
		);
		expect(page).toContain('+39 333 123 4567');
		expect(page).toContain('<span class="words">START NEWS 4k7q2mx</span>');
		expect(page).toContain(qrCodeSvg(final.link, FORM_TEXTS.en.qrCode));
		expect(page.match(/<li>/g)).toHaveLength(3);
	});

	it('lets no value become markup', () => {
		fc.assert(
			fc.property(hostileSettings, hostile, hostile, (hostileOnes, number, text) => {
				expectHarmless(finalPage(hostileOnes, { number, text, link: final.link }), final.link);
			}),
			{ numRuns: 200 },
		);
	});
});

describe('The company’s colour', () => {
	it.each([
		['#ffcc00', '#000'],
		['#0b6e4f', '#fff'],
		['#ffffff', '#000'],
		['#000000', '#fff'],
	])('%s carries text in %s', (colour, text) => {
		expect(textOn(colour)).toBe(text);
	});

	it('is the form’s own unless it is exactly six hexadecimal digits', () => {
		fc.assert(
			fc.property(hostile, (colour) => {
				const safe = safeColour(colour);
				expect(safe === DEFAULT_COLOUR || safe === colour.toLowerCase()).toBe(true);
				expect(safe).toMatch(/^#[0-9a-f]{6}$/);
			}),
		);
		expect(safeColour('#FFCC00')).toBe('#ffcc00');
	});
});

describe('The QR code', () => {
	it('is one inline picture with a title, without any address of its own', () => {
		const svg = qrCodeSvg('https://wa.me/39333?text=START', 'Open <WhatsApp>');
		expect(svg).toMatch(/^<svg role="img" viewBox="0 0 (\d+) \1"/);
		expect(svg).toContain('<title>Open &lt;WhatsApp&gt;</title>');
		expect(svg).not.toMatch(/https?:|href|xlink/);
	});

	it('draws exactly the modules of the code, inside a quiet zone of four modules', () => {
		const text = 'https://wa.me/393331234567?text=START%20NEWS%204k7q2mx';
		const code = qrcode(0, 'M');
		code.addData(text);
		code.make();
		const count = code.getModuleCount();
		const dark = new Set<string>();
		for (const [, x, y, length] of qrCodeSvg(text, 'x').matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
			for (let step = 0; step < Number(length); step++) dark.add(`${Number(x) - 4 + step},${Number(y) - 4}`);
		}
		for (let row = 0; row < count; row++) {
			for (let column = 0; column < count; column++)
				expect(dark.has(`${column},${row}`)).toBe(code.isDark(row, column));
		}
		expect(qrCodeSvg(text, 'x')).toContain(`viewBox="0 0 ${count + 8} ${count + 8}"`);
	});
});

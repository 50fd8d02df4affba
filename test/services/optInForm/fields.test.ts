import fc from 'fast-check';

import { InvalidInputError } from '../../../domain/errors';
import { boundedFields, FIELD_CHARACTERS, MOST_FIELDS } from '../../../domain/personFields';
import { assertFields, fieldError, type FormField, personFieldsOf } from '../../../services/optInForm/fields';
import { FORM_TEXTS, preferredLanguage } from '../../../services/optInForm/texts';

const field = (made: Partial<FormField>): FormField => ({
	type: 'text',
	label: '',
	name: 'shop',
	required: false,
	choices: [],
	...made,
});

describe('A field of the form', () => {
	it.each([
		['text', '', true, 'fieldMissing'],
		['text', '', false, null],
		['email', 'anna@example.com', false, null],
		['email', 'anna at example', false, 'emailWrong'],
		['email', 'anna@example', false, 'emailWrong'],
		['email', 'a@b.c<script>', false, 'emailWrong'],
		['date', '2024-02-29', false, null],
		['date', '2026-02-29', false, 'dateWrong'],
		['date', '29.02.2024', false, 'dateWrong'],
		['date', '2026-13-01', false, 'dateWrong'],
		['choice', 'Meran', false, null],
		['choice', 'Rome', false, 'choiceWrong'],
		['language', 'nl', false, null],
		['language', 'constructor', false, 'choiceWrong'],
	] as const)('of type %s with "%s" (required: %s): %s', (type, value, required, error) => {
		expect(fieldError(field({ type, required, choices: ['Bozen', 'Meran'] }), value)).toBe(error);
	});

	it.each([
		['no name', [field({ name: '' })]],
		['a name twice', [field({}), field({ type: 'date' })]],
		['a name of the form’s own', [field({ name: 'phone' })]],
		['a name that nothing can be kept under', [field({ name: '__proto__' })]],
		['the trap’s name', [field({ name: 'website' })]],
		['the same known field twice', [field({ type: 'email' }), field({ type: 'email' })]],
		['a choice of nothing', [field({ type: 'choice' })]],
		['too many fields', Array.from({ length: MOST_FIELDS + 1 }, (_, index) => field({ name: `field${index}` }))],
	])('is refused: %s', (_, fields) => {
		expect(() => assertFields(fields)).toThrow(InvalidInputError);
	});

	it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
		'named %s is left out where nobody filled it in',
		(name) => {
			expect(personFieldsOf([field({ name })], {})).toEqual({ fields: {} });
			expect(Object.entries(personFieldsOf([field({ name })], { [name]: 'cake' }).fields ?? {})).toEqual([
				[name, 'cake'],
			]);
		},
	);

	it('goes where the contact has a place for it', () => {
		const fields = [
			field({ type: 'name' }),
			field({ type: 'email' }),
			field({ type: 'language' }),
			field({ name: 'shop' }),
			field({ name: '', label: 'Your wish' }),
		];
		assertFields(fields);
		const values = {
			name: 'Anna',
			email: 'anna@example.com',
			language: 'it',
			shop: '',
			'Your wish': 'cake',
			unknown: 'x',
		};
		expect(personFieldsOf(fields, values)).toEqual({
			name: 'Anna',
			language: 'it',
			fields: { email: 'anna@example.com', 'Your wish': 'cake' },
		});
	});
});

describe('What a person types about themselves', () => {
	it('is bounded, whatever comes', () => {
		const text = fc.string({ unit: 'binary', maxLength: 2_000 });
		fc.assert(
			fc.property(
				fc.record({ name: text, language: text, fields: fc.dictionary(text, text, { maxKeys: 40 }) }),
				(person) => {
					const bounded = boundedFields(person);
					const values = [
						bounded?.name ?? '',
						bounded?.language ?? '',
						...Object.entries(bounded?.fields ?? {}).flat(),
					];
					expect(values.length).toBeLessThanOrEqual(2 + 2 * MOST_FIELDS);
					for (const value of values) expect(value.length).toBeLessThanOrEqual(FIELD_CHARACTERS);
					// PostgreSQL holds no NUL and no half of a surrogate pair.
					for (const value of [bounded?.name ?? '', ...Object.values(bounded?.fields ?? {})])
						expect(value).not.toMatch(/[\p{Cc}\p{Surrogate}]/u);
				},
			),
		);
	});
});

describe('The form’s language', () => {
	it.each([
		['de-AT,de;q=0.9,en;q=0.8', 'de'],
		['ja,it;q=0.5,fr;q=0.7', 'fr'],
		['en;q=0.1, pt-BR', 'pt'],
		['ja', 'en'],
		['', 'en'],
		['*', 'en'],
		['nl;q=0, es', 'es'],
		['constructor,toString', 'en'],
		[`${'x,'.repeat(10_000)}de`, 'en'],
	])('is that of the browser: %#', (accepted, language) => {
		expect(preferredLanguage(accepted)).toBe(language);
	});

	it('has the same words in all seven', () => {
		const keys = Object.keys(FORM_TEXTS.en);
		for (const texts of Object.values(FORM_TEXTS)) {
			expect(Object.keys(texts)).toEqual(keys);
			expect(texts.consent).toContain('STOP');
			expect(texts.consentWithSms).toMatch(/SMS/i);
			expect(texts.next).toHaveLength(3);
			expect(texts.example('333')).toContain('333');
			expect(texts.orWrite('START')).toContain('START');
		}
		expect(new Set(Object.values(FORM_TEXTS).map(({ tooManyText }) => tooManyText)).size).toBe(7);
	});
});

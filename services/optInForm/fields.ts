import { InvalidInputError } from '../../domain/errors';
import { FIELD_CHARACTERS, MOST_FIELDS, type PersonFields } from '../../domain/personFields';
import { FIELD } from './settings';
import { type FormTexts, isFormLanguage } from './texts';

export type FieldType = 'name' | 'email' | 'language' | 'text' | 'choice' | 'date';

/** Something the form asks for beside the number. */
export interface FormField {
	type: FieldType;
	/** '': the form's own word, for those it knows. */
	label: string;
	/** Its name in HTML and among the contact's fields; '' for those that the form names itself. */
	name: string;
	required: boolean;
	/** Of a choice. */
	choices: readonly string[];
}

export type FieldError = 'fieldMissing' | 'emailWrong' | 'dateWrong' | 'choiceWrong';

const OWN_NAMES: Partial<Record<FieldType, string>> = { name: 'name', email: 'email', language: 'language' };
const RESERVED = new Set<string>(Object.values(FIELD));
const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}\.[^\s@<>".]{2,}$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

export const fieldName = ({ type, name, label }: FormField): string => OWN_NAMES[type] ?? (name.trim() || label.trim());

/** What is held under a name that may be any text: `constructor` and `toString` are held by every object, and are nobody's answer. */
export const heldUnder = <Held>(held: Readonly<Record<string, Held>>, name: string): Held | undefined =>
	Object.hasOwn(held, name) ? held[name] : undefined;

export function fieldLabel(field: FormField, texts: FormTexts): string {
	const { type, label } = field;
	const own = type === 'name' || type === 'email' || type === 'language' ? texts[type] : fieldName(field);
	return label.trim() || own;
}

/** @throws {InvalidInputError} where two fields, or a field and one of the form itself, could not be told apart. */
export function assertFields(fields: readonly FormField[]): void {
	if (fields.length > MOST_FIELDS)
		throw new InvalidInputError(`The form has ${fields.length} further fields; ${MOST_FIELDS} are the most.`);
	const names = new Set<string>();
	for (const field of fields) {
		const name = fieldName(field);
		if (name === '') throw new InvalidInputError('A field of the form has neither label nor field name. Give it one.');
		if (RESERVED.has(name) || names.has(name))
			throw new InvalidInputError(
				`Two fields of the form are named "${name.slice(0, 60)}". Give each a field name of its own.`,
			);
		if (field.type === 'choice' && field.choices.length === 0)
			throw new InvalidInputError(`The field "${name.slice(0, 60)}" has nothing to choose from. Give it choices.`);
		if (name === '__proto__')
			throw new InvalidInputError(
				'A field of the form is named "__proto__", which nothing can be kept under. Rename it.',
			);
		names.add(name);
	}
}

/** What is wrong with a value; null: nothing. */
export function fieldError(field: FormField, value: string): FieldError | null {
	if (value === '') return field.required ? 'fieldMissing' : null;
	if (field.type === 'email') return EMAIL.test(value) ? null : 'emailWrong';
	if (field.type === 'date') return isDate(value) ? null : 'dateWrong';
	if (field.type === 'choice') return field.choices.includes(value) ? null : 'choiceWrong';
	if (field.type === 'language') return isFormLanguage(value) ? null : 'choiceWrong';
	return null;
}

/** One that the calendar has. */
function isDate(value: string): boolean {
	const [, year, month, day] = DATE.exec(value) ?? [];
	const date = new Date(`${value}T00:00:00Z`);
	return (
		year !== undefined &&
		!Number.isNaN(date.getTime()) &&
		date.getUTCMonth() + 1 === Number(month) &&
		date.getUTCDate() === Number(day)
	);
}

/** What is typed is cut: the rest must neither come back in the page nor be kept. */
export const cutValue = (value: string): string => value.slice(0, FIELD_CHARACTERS);

/** The values as the contact will have them. */
export function personFieldsOf(fields: readonly FormField[], values: Readonly<Record<string, string>>): PersonFields {
	const person: PersonFields = {};
	const custom: Record<string, string> = {};
	for (const field of fields) {
		const name = fieldName(field);
		const value = heldUnder(values, name) ?? '';
		if (value === '') continue;
		if (field.type === 'name') person.name = value;
		else if (field.type === 'language') person.language = value;
		else custom[name] = value;
	}
	return { ...person, fields: custom };
}

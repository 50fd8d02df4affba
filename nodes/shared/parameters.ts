import type { IExecuteFunctions } from 'n8n-workflow';

import { InvalidInputError } from '../../domain/errors';

/**
 * A node's parameters for one item, in the types the services want. Names may be paths (`options.country`).
 * What an expression left undefined or null counts as empty.
 */
export class ItemParameters {
	constructor(
		private readonly node: IExecuteFunctions,
		readonly itemIndex: number,
	) {}

	/** Trimmed; numbers are taken as typed, because spreadsheets and forms send phone numbers so. */
	text(name: string): string {
		return textOf(this.value(name)).trim();
	}

	/** As `text`, but undefined where nothing was typed. */
	optionalText(name: string): string | undefined {
		return this.text(name) || undefined;
	}

	/** As written, with its white space. */
	body(name: string): string {
		return textOf(this.value(name));
	}

	/** One of the values of an options parameter. */
	choice<T extends string>(name: string): T {
		return this.text(name) as T;
	}

	flag(name: string): boolean {
		const value = this.value(name);
		return value === true || value === 'true';
	}

	/** @throws {InvalidInputError} for anything but a finite number. */
	optionalNumber(name: string): number | undefined {
		const value = this.value(name);
		if (value === '' || value === undefined || value === null) return undefined;
		const number = Number(value);
		if (!Number.isFinite(number))
			throw new InvalidInputError(`"${textOf(value).slice(0, 40)}" is not a number. Enter digits only.`);
		return number;
	}

	/** A list, or text with commas, semicolons or line breaks between the entries. */
	list(name: string): string[] {
		return splitList(this.value(name));
	}

	/** As `list`, but one entry stays one whatever is written in it. */
	texts(name: string): string[] {
		const value = this.value(name);
		return Array.isArray(value) ? value.map(textOf) : [textOf(value)].filter((entry) => entry !== '');
	}

	/** UTC ms of a date parameter; undefined where it is empty. @throws {InvalidInputError} when it is no date. */
	optionalTime(name: string): number | undefined {
		const value = this.value(name);
		if (value === '' || value === undefined || value === null) return undefined;
		const time = typeof value === 'number' ? value : Date.parse(textOf(value));
		if (Number.isNaN(time))
			throw new InvalidInputError(
				`"${textOf(value).slice(0, 40)}" is not a date. Write it like 2026-11-22T09:00:00+01:00.`,
			);
		return time;
	}

	/** What a resource locator holds, and how it was chosen. */
	locator(name: string): { mode: string; value: string } {
		const held = this.node.getNodeParameter(name, this.itemIndex, '') as unknown;
		if (typeof held === 'object' && held !== null && 'value' in held) {
			return { mode: 'mode' in held ? textOf(held.mode) : 'list', value: textOf(held.value).trim() };
		}
		return { mode: 'id', value: textOf(held).trim() };
	}

	/** The fields of a fixed collection of name and value. */
	pairs(name: string): Record<string, string> {
		const held = this.value(`${name}.field`);
		const pairs: Record<string, string> = {};
		if (!Array.isArray(held)) return pairs;
		for (const pair of held as unknown[]) {
			if (typeof pair !== 'object' || pair === null || !('name' in pair)) continue;
			const key = textOf(pair.name).trim();
			if (key !== '') pairs[key] = 'value' in pair ? textOf(pair.value) : '';
		}
		return pairs;
	}

	private value(name: string): unknown {
		return this.node.getNodeParameter(name, this.itemIndex, '');
	}
}

export function splitList(value: unknown): string[] {
	const entries = Array.isArray(value) ? value.map(textOf) : textOf(value).split(/[\n,;]/);
	return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
}

function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
	if (value instanceof Date) return value.toISOString();
	// Dates of n8n's expressions are Luxon's.
	if (typeof value === 'object' && value !== null && 'toISO' in value && typeof value.toISO === 'function')
		return String((value.toISO as () => unknown)());
	return '';
}

import { monthsBefore } from '../../domain/monthsBefore';
import { readNumberSearch } from '../../domain/numberSearch';

describe('Months before a day', () => {
	it.each([
		['2026-03-31T10:00:00.000Z', 1, '2026-02-28T10:00:00.000Z'],
		['2024-03-31T10:00:00.000Z', 1, '2024-02-29T10:00:00.000Z'],
		['2026-01-15T00:00:00.000Z', 13, '2024-12-15T00:00:00.000Z'],
		['2026-05-31T00:00:00.000Z', 12, '2025-05-31T00:00:00.000Z'],
	])('%s, %i months before, is %s', (at, months, expected) => {
		expect(new Date(monthsBefore(Date.parse(at), months)).toISOString()).toBe(expected);
	});
});

describe('Part of a number as people type it', () => {
	it.each([
		['333 123', { digits: '333123', fromStart: false }],
		['+39 333', { digits: '39333', fromStart: true }],
		['0039333', { digits: '39333', fromStart: true }],
		['(0664) 12-3', { digits: '664123', fromStart: false }],
		['Anna 3', null],
		['+', null],
		['0', null],
	])('"%s" is read as %j', (typed, expected) => {
		expect(readNumberSearch(typed)).toEqual(expected);
	});
});

import fc from 'fast-check';

import {
	canonicalJson,
	type ChainHead,
	commitmentOf,
	type LedgerRecord,
	linkHash,
	nextRecord,
	type RecordDetails,
	verifyChain,
} from '../../domain/ledger';

const KEY = 'a ledger key';

function chainOf(details: RecordDetails[], key = KEY): { head: ChainHead; records: LedgerRecord[] } {
	let head: ChainHead = { id: 7, length: 0, head: '', identityId: 1, kind: 'person', seal: null };
	const records = details.map((each, index) => {
		const record = {
			...nextRecord(head, { at: 1000 + index, details: each, salt: `salt ${index}` }, key),
			id: 100 + index,
		};
		head = { ...head, length: record.sequence, head: record.hash };
		return record;
	});
	return { head, records };
}

const someDetails = fc.array(
	fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))),
	{ minLength: 1, maxLength: 6 },
);

describe('The consent ledger', () => {
	it('verifies as it was written, in any order of reading', () => {
		fc.assert(
			fc.property(someDetails, (details) => {
				const { head, records } = chainOf(details);
				expect(verifyChain(head, [...records].reverse(), KEY)).toEqual({ valid: true, broken: [] });
			}),
		);
	});

	it('names exactly the record in which anything was changed', () => {
		const change: Array<(record: LedgerRecord) => LedgerRecord> = [
			(record) => ({ ...record, details: `${record.details} ` }),
			(record) => ({ ...record, salt: 'other' }),
			(record) => ({ ...record, salt: null }),
			(record) => ({ ...record, at: record.at + 1 }),
			(record) => ({ ...record, commitment: commitmentOf(record.details ?? '', 'other') }),
			(record) => ({ ...record, hash: record.hash.replace(/./, (first) => (first === '0' ? '1' : '0')) }),
			// Somebody without the key, who does everything else right.
			(record) => {
				const forged = { ...record, details: '{}', commitment: commitmentOf('{}', record.salt ?? '') };
				return { ...forged, hash: linkHash(forged, 'x', 'another key') };
			},
		];
		fc.assert(
			fc.property(someDetails, fc.nat(), fc.constantFrom(...change), (details, at, tamper) => {
				const { head, records } = chainOf(details);
				const index = at % records.length;
				const tampered = records.map((record, i) => (i === index ? tamper(record) : record));
				const { valid, broken } = verifyChain(head, tampered, KEY);
				expect(valid).toBe(false);
				expect(broken.map(({ recordId }) => recordId)).toEqual([100 + index]);
			}),
		);
	});

	it('says which record is missing, wherever it was', () => {
		fc.assert(
			fc.property(someDetails, fc.nat(), (details, at) => {
				const { head, records } = chainOf(details);
				const index = at % records.length;
				const { broken } = verifyChain(head, records.toSpliced(index, 1), KEY);
				expect(broken).toEqual([
					{ recordId: null, chainId: 7, sequence: index + 1, reason: expect.stringContaining('missing') as string },
				]);
			}),
		);
	});

	it('still verifies when fields and salt of a record were erased', () => {
		const { head, records } = chainOf([{ a: 1 }, { b: 2 }]);
		expect(
			verifyChain(
				head,
				records.map((record) => ({ ...record, details: null, salt: null })),
				KEY,
			).valid,
		).toBe(true);
	});

	it('does not verify with another key, nor when two records change places', () => {
		const { head, records } = chainOf([{ a: 1 }, { b: 2 }, { c: 3 }]);
		expect(verifyChain(head, records, 'another key').valid).toBe(false);
		const swapped = records.map((record) => ({
			...record,
			sequence: record.sequence === 1 ? 2 : record.sequence === 2 ? 1 : 3,
		}));
		expect(verifyChain(head, swapped, KEY).valid).toBe(false);
		expect(verifyChain({ ...head, length: 2 }, records, KEY).valid).toBe(false);
		expect(verifyChain({ ...head, head: 'x' }, records, KEY).valid).toBe(false);
	});

	it('writes the same fields always in the same way', () => {
		expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, ä: true })).toBe(
			'{"b":[1,{"c":"x","d":null}],"ä":true}',
		);
	});
});

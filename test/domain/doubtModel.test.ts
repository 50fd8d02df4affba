import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CORPUS_FILE, readCorpus } from '../../bench/corpusRows';
import { moduleOf, readExamples, train, WEIGHTS_FILE } from '../../bench/trainDoubtModel';
import { soundsLikeOptOut } from '../../domain/doubtModel';
import { parseText, saidWithoutGroup } from '../../domain/keyword';

let answer: boolean | undefined;
jest.mock('../../domain/doubtModel', () => {
	const actual = jest.requireActual<{ soundsLikeOptOut: (text: string) => boolean }>('../../domain/doubtModel');
	return { soundsLikeOptOut: (text: string) => answer ?? actual.soundsLikeOptOut(text) };
});

const root = join(__dirname, '../..');

describe('The model of doubt', () => {
	afterEach(() => (answer = undefined));

	it('is made from the corpus to the byte', () => {
		expect(moduleOf(train(readExamples()))).toBe(readFileSync(join(root, WEIGHTS_FILE), 'utf8'));
	});

	it('is small', () => {
		expect(readFileSync(join(root, WEIGHTS_FILE)).length).toBeLessThan(100_000);
	});

	it('only has people asked, whatever it says: of itself it lets nobody go, and registers nobody', () => {
		const rows = readCorpus(join(root, CORPUS_FILE));
		const read = (text: string, said: boolean) => {
			answer = said;
			return saidWithoutGroup(parseText(text, 'text'));
		};
		for (const { text } of rows) {
			const [no, yes] = [read(text, false), read(text, true)];
			// A verb that a table knows lets go only where the model agrees; else the person is asked.
			if (no.kind !== yes.kind) expect([text, yes.kind, no.isDoubtful]).toEqual([text, 'stop', true]);
			if (no.looksLikeOptOut) expect([text, yes.looksLikeOptOut]).toEqual([text, true]);
		}
		const ordinary = rows.filter(({ verdict }) => verdict === 'ordinary');
		const letGo = ordinary.filter(({ text }) => read(text, true).kind === 'stop');
		expect(letGo.length / ordinary.length).toBeLessThan(0.02);
	});

	it.each([
		'illo no me mandéi má na que me tenéi frito',
		'Schätzle, i will koine Nachrichta meh von euch, nix für ungut',
		'laat ons voortaan met die berichtjes van jullie in de kou staan',
	])('has whoever writes "%s" asked, which no table knows', (text) => {
		expect(parseText(text, 'text')).toMatchObject({ kind: 'message', isDoubtful: true });
	});

	it.each(['hello', 'What time do you open on Sunday?', 'Danke schön, bis morgen', 'any first message'])(
		'has nobody asked who writes "%s"',
		(text) => {
			expect(parseText(text, 'text').isDoubtful).toBeUndefined();
		},
	);

	it('reads no more of a long text than of its beginning', () => {
		const text = 'please tell me when the parcel comes '.repeat(40);
		expect(soundsLikeOptOut(text)).toBe(soundsLikeOptOut(text.slice(0, 1_000)));
	});
});

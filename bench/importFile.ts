import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** Number i of mobile numbers that nobody has, spread over the index as real ones are; different for i below ten million. */
export const mobileOf = (index: number): string => `+39333${String((index * 611_953) % 10_000_000).padStart(7, '0')}`;
export const nameOf = (index: number): string => `Person ${index}`;
export const cityOf = (index: number): string => ['Bolzano', 'Merano', 'Bressanone', 'Trento'][index % 4] ?? '';

export interface FileOfContacts {
	path: string;
	count: number;
	/** Index of the first number; 0 by default. */
	first?: number;
	/** With SMS consent, source and date. */
	consent?: boolean;
}

/** A CSV file as an exporting program writes it. */
export async function writeContacts({ path, count, first = 0, consent = false }: FileOfContacts): Promise<void> {
	const file = createWriteStream(path);
	file.write(`Name;Mobile;City${consent ? ';Consent source;Consent date' : ''}\r\n`);
	for (let index = first; index < first + count; index++) {
		const line = `${nameOf(index)};${mobileOf(index)};${cityOf(index)}${consent ? ';Paper form;2026-05-03' : ''}\r\n`;
		if (!file.write(line)) await once(file, 'drain');
	}
	file.end();
	await once(file, 'finish');
}

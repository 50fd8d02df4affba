import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const writeAfterMs = 1_000;

/** Keeps a small state in a JSON file: written a second after a change and at close. */
export class SnapshotFile<State> {
	private timer: NodeJS.Timeout | undefined;

	constructor(
		/** Null: nothing is kept. */
		private readonly file: string | null,
		private readonly take: () => State,
	) {}

	/** The state of the last time; undefined when there is none, or none that can be read. */
	read(): State | undefined {
		if (this.file === null) return undefined;
		try {
			return JSON.parse(readFileSync(this.file, 'utf8')) as State;
		} catch {
			return undefined;
		}
	}

	changed(): void {
		if (this.file === null || this.timer !== undefined) return;
		this.timer = setTimeout(() => this.write(), writeAfterMs);
	}

	close(): void {
		if (this.timer !== undefined) this.write();
	}

	private write(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
		if (this.file === null) return;
		mkdirSync(dirname(this.file), { recursive: true });
		// In two steps, so that a crash leaves the old file or the new one.
		writeFileSync(`${this.file}.new`, JSON.stringify(this.take()));
		renameSync(`${this.file}.new`, this.file);
	}
}

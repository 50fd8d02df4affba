import type { ConsentState } from '../../domain/consent/state';
import type { Registration } from '../../store/registrations';
import type { StoredPerson } from './personState';

/** How a signal moved a person from one state to another. */
export interface Change {
	identityId: number;
	phone: string | null;
	stored: StoredPerson;
	before: ConsentState;
	after: ConsentState;
	/** The event behind a word, by signal key. */
	eventIdOf(by: string): number | null;
	/** By sender; null: no limit. */
	packageLimits: ReadonlyMap<number, number | null>;
	/** The sender written to, and the inbox its events go to. */
	senderId: number | null;
	inbox: string | null;
	now: number;
}

/** What became of the registrations. */
export interface RegistrationChange {
	/** The row as it is now, by sender; null where it is gone. */
	rows: Map<number, Registration | null>;
	/** Senders at which a place became free, or is free while others wait for it. */
	freed: number[];
	/** Senders at which the person became active. */
	activated: number[];
}

import { createHash, randomUUID } from 'node:crypto';
import type { Channel } from '../../domain/channel';

/** Phones kept at most; those that a campaign made go first, those that a person uses stay. */
const phonesKept = 500;
const messagesKeptPerPhone = 200;

/** A person's phone, as its owner has set it. */
export interface PhoneSettings {
	/** Whether WhatsApp messages are opened. */
	reads: boolean;
	/** Whether it is switched on and has a network. */
	reachable: boolean;
	/** Whether WhatsApp is installed. */
	onWhatsApp: boolean;
	/** Whether WhatsApp shows only the user id (BSUID), as for people with a username. */
	hidesNumber: boolean;
}

export interface Phone extends PhoneSettings {
	/** E.164. */
	phone: string;
	name: string;
	/** WhatsApp user id (BSUID). */
	userId: string;
	/** True once a person added it or typed on it; false: it only received something. */
	used: boolean;
	/** UTC ms of the last WhatsApp message typed to each company number. */
	wroteAt: Record<string, number>;
}

/** `accepted → sent → delivered → read` or `failed` towards the phone; `sending → received` or `undeliverable` from it. */
export type PhoneMessageState =
	'accepted' | 'sent' | 'delivered' | 'read' | 'failed' | 'sending' | 'received' | 'undeliverable';

export interface PhoneMessage {
	/** wamid or transferId; typed messages: wamid or notificationId. */
	id: string;
	provider: 'meta' | 'websms';
	channel: Channel;
	direction: 'toPhone' | 'fromPhone';
	/** The person's number, E.164. */
	phone: string;
	/** The company's number, E.164, or the name an SMS shows as its sender. */
	company: string;
	text: string;
	/** UTC ms. */
	at: number;
	state: PhoneMessageState;
	/** Why it failed, in words for the page. */
	problem: string | null;
	/** What the sender gave to know the message by; null: nothing. */
	reference: string | null;
	/** Where its statuses go; null: the provider's configured URL. */
	statusUrl: string | null;
	/** Free text on WhatsApp, which the 24-hour window concerns. */
	freeText: boolean;
}

export interface PhoneBookSnapshot {
	phones: Phone[];
	messages: PhoneMessage[];
}

/** The phones and what stands on their screens. */
export class PhoneBook {
	private readonly phones = new Map<string, Phone>();
	private readonly byUserId = new Map<string, Phone>();
	private readonly messages = new Map<string, PhoneMessage[]>();
	private readonly companies = new Set<string>();

	constructor(private readonly changed: () => void) {}

	list(): Phone[] {
		return [...this.phones.values()];
	}

	find(phone: string): Phone | undefined {
		return this.phones.get(phone);
	}

	findByUserId(userId: string): Phone | undefined {
		return this.byUserId.get(userId);
	}

	/** The phone of this number (E.164); made if there is none. */
	getOrAdd(phone: string, used = false): Phone {
		const known = this.phones.get(phone);
		if (known !== undefined) {
			if (used && !known.used) {
				known.used = true;
				this.changed();
			}
			return known;
		}
		const added: Phone = { ...newPhone(phone), used };
		if (this.phones.size >= phonesKept) this.removeOldestUnused();
		this.put(added);
		this.changed();
		return added;
	}

	change(phone: string, settings: Partial<PhoneSettings> & { name?: string }): Phone | undefined {
		const known = this.phones.get(phone);
		if (known === undefined) return undefined;
		Object.assign(known, settings);
		this.changed();
		return known;
	}

	remove(phone: string): void {
		const known = this.phones.get(phone);
		if (known === undefined) return;
		this.phones.delete(phone);
		this.byUserId.delete(known.userId);
		this.messages.delete(phone);
		this.changed();
	}

	/** Oldest first. */
	conversation(phone: string): readonly PhoneMessage[] {
		return this.messages.get(phone) ?? [];
	}

	/** Whether any phone has had a message from or to this company number. */
	knowsCompany(company: string): boolean {
		return this.companies.has(company);
	}

	append(message: PhoneMessage): void {
		this.companies.add(message.company);
		const conversation = this.messages.get(message.phone) ?? [];
		conversation.push(message);
		if (conversation.length > messagesKeptPerPhone) conversation.shift();
		this.messages.set(message.phone, conversation);
		this.changed();
	}

	setState(message: PhoneMessage, state: PhoneMessageState, problem: string | null = null): void {
		message.state = state;
		message.problem = problem;
		this.changed();
	}

	clear(): void {
		this.phones.clear();
		this.byUserId.clear();
		this.messages.clear();
		this.companies.clear();
		this.changed();
	}

	snapshot(): PhoneBookSnapshot {
		return { phones: this.list(), messages: [...this.messages.values()].flat() };
	}

	restore(snapshot: PhoneBookSnapshot): void {
		for (const phone of snapshot.phones) this.put(phone);
		for (const message of snapshot.messages) {
			if (!this.phones.has(message.phone)) continue;
			// Whoever was to hear of it has been closed since.
			if (message.state === 'sending') message.state = 'undeliverable';
			this.companies.add(message.company);
			this.messages.set(message.phone, [...(this.messages.get(message.phone) ?? []), message]);
		}
	}

	private put(phone: Phone): void {
		this.phones.set(phone.phone, phone);
		this.byUserId.set(phone.userId, phone);
	}

	private removeOldestUnused(): void {
		for (const phone of this.phones.values()) {
			if (!phone.used) {
				this.remove(phone.phone);
				return;
			}
		}
	}
}

/** A phone (E.164) as it comes from the shop: on, with WhatsApp, its messages opened. */
export function newPhone(phone: string): Phone {
	return {
		phone,
		name: `Phone ${phone.slice(-4)}`,
		userId: userIdOf(phone),
		used: false,
		reads: true,
		reachable: true,
		onWhatsApp: true,
		hidesNumber: false,
		wroteAt: {},
	};
}

/** The same number has the same user id, also after a reset. */
function userIdOf(phone: string): string {
	const digits = BigInt(`0x${createHash('sha256').update(phone).digest('hex').slice(0, 16)}`).toString();
	return `IT.${digits}`;
}

/** A new id of a WhatsApp message as Meta shapes it. */
export function newWhatsAppMessageId(): string {
	return `wamid.HBgM${randomUUID().replaceAll('-', '').toUpperCase()}`;
}

/** A new id as websms shapes it: 20 hex digits. */
export function newTransferId(): string {
	return `00${randomUUID().replaceAll('-', '').slice(0, 18)}`;
}

import type { StatusReport } from './metaWebhooks';
import { newPhone } from './phoneBook';
import type { Phone, PhoneBook, PhoneMessage } from './phoneBook';
import type { GatewaySettings } from './settings';
import type { StatusReporter } from './statusReporter';

const windowMs = 24 * 60 * 60 * 1_000;

const notOnWhatsApp = { code: 131026, title: 'Message undeliverable', details: 'Message Undeliverable.' };
const windowClosed = {
	code: 131047,
	title: 'Re-engagement message',
	details:
		'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
};

/**
 * What happens at the person's end of an accepted message: it goes out, arrives, is opened, each step at its time
 * and only if the phone is on, has WhatsApp, and is read. A phone switched on later receives what waits.
 */
export class Handset {
	private readonly timers = new Set<NodeJS.Timeout>();
	private readonly underWay = new WeakSet<PhoneMessage>();

	constructor(
		private readonly book: PhoneBook,
		private readonly reporter: StatusReporter,
		private readonly settings: () => GatewaySettings,
	) {}

	/** Takes the next step of a message, and those after it. Does nothing for a message that has none left. */
	proceed(message: PhoneMessage): void {
		if (message.direction !== 'toPhone' || this.underWay.has(message) || !this.settings().statuses) return;
		if (this.settings().statusesOutOfOrder && message.channel === 'whatsapp' && message.state === 'accepted') {
			this.after(message, this.settings().readAfterMs, () => this.reportBackwards(message));
			return;
		}
		const { sentAfterMs, deliveredAfterMs, readAfterMs } = this.settings();
		if (message.state === 'accepted') this.after(message, sentAfterMs, () => this.send(message));
		if (message.state === 'sent' && this.phoneOf(message).reachable) {
			this.after(message, Math.max(0, deliveredAfterMs - sentAfterMs), () => this.deliver(message));
		}
		if (message.state === 'delivered' && message.channel === 'whatsapp' && this.phoneOf(message).reads) {
			this.after(message, Math.max(0, readAfterMs - deliveredAfterMs), () => this.read(message));
		}
	}

	/** After a change at the phone, or a restart. */
	proceedAll(phone: Phone): void {
		for (const message of this.book.conversation(phone.phone)) this.proceed(message);
	}

	close(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
	}

	private after(message: PhoneMessage, delayMs: number, step: () => void): void {
		this.underWay.add(message);
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			this.underWay.delete(message);
			step();
		}, delayMs);
		this.timers.add(timer);
	}

	private send(message: PhoneMessage): void {
		const failure = this.failureOf(message);
		if (failure !== undefined) {
			this.book.setState(message, 'failed', `${failure.code}: ${failure.details}`);
			this.report(message, 'failed', failure);
			return;
		}
		this.book.setState(message, 'sent');
		if (message.channel === 'whatsapp') this.report(message, 'sent');
		else if (!this.phoneOf(message).reachable) this.reporter.reportSms(message, 'undelivered', Date.now());
		this.proceed(message);
	}

	private deliver(message: PhoneMessage): void {
		// It may have been switched off meanwhile.
		if (!this.phoneOf(message).reachable) return;
		this.book.setState(message, 'delivered');
		if (message.channel === 'whatsapp') this.report(message, 'delivered');
		else this.reporter.reportSms(message, 'delivered', Date.now());
		this.proceed(message);
	}

	private read(message: PhoneMessage): void {
		if (!this.phoneOf(message).reads) return;
		this.book.setState(message, 'read');
		this.report(message, 'read');
	}

	private reportBackwards(message: PhoneMessage): void {
		const failure = this.failureOf(message);
		if (failure !== undefined) {
			this.send(message);
			return;
		}
		const phone = this.phoneOf(message);
		const steps: Array<'sent' | 'delivered' | 'read'> = ['sent'];
		if (phone.reachable) steps.push('delivered');
		if (phone.reachable && phone.reads) steps.push('read');
		this.book.setState(message, steps.at(-1) ?? 'sent');
		for (const step of steps.reverse()) this.report(message, step);
	}

	private failureOf(message: PhoneMessage): StatusReport['error'] {
		if (message.channel !== 'whatsapp') return undefined;
		const phone = this.phoneOf(message);
		if (!phone.onWhatsApp) return notOnWhatsApp;
		const wroteAt = phone.wroteAt[message.company] ?? 0;
		return this.settings().enforceWindow && message.freeText && message.at - wroteAt > windowMs
			? windowClosed
			: undefined;
	}

	private report(message: PhoneMessage, status: StatusReport['status'], error?: StatusReport['error']): void {
		this.reporter.reportWhatsApp({ message, status, at: Date.now(), error });
	}

	/** A campaign reaches more phones than the book keeps; those that fell out behave like any new one. */
	private phoneOf(message: PhoneMessage): Phone {
		return this.book.find(message.phone) ?? newPhone(message.phone);
	}
}

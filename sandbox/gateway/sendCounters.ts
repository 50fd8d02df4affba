const sendsKept = 200_000;

/** One recipient of one provider request. */
export interface Send {
	/** UTC ms when the request reached the gateway. */
	at: number;
	provider: 'meta' | 'websms';
	/** Digits of the number, or the WhatsApp user id. */
	recipient: string;
	/** What the sender gave to know the message by (`biz_opaque_callback_data`, `clientMessageId`). */
	reference: string | null;
	/** False: refused, or dropped before anything was done. */
	accepted: boolean;
}

export interface CounterSummary {
	requests: number;
	accepted: number;
	refused: number;
	/** Most requests that waited for their answer at one time. */
	mostInFlight: number;
	firstRequestAt: number | null;
	lastRequestAt: number | null;
	lastAnswerAt: number | null;
	/** Recipients of the sends kept, and how many of them had more than one accepted. */
	recipients: number;
	acceptedTwice: number;
}

/**
 * Counts every send, so that a test can say "never sent twice" and "no request started after".
 * Of 200,000 recipients each single send is kept, of more only the sums.
 */
export class SendCounters {
	private kept: Send[] = [];
	private acceptedPerRecipient = new Map<string, number>();
	private acceptedTwice = 0;
	private requests = 0;
	private accepted = 0;
	private refused = 0;
	private inFlight = 0;
	private mostInFlight = 0;
	private firstRequestAt: number | null = null;
	private lastRequestAt: number | null = null;
	private lastAnswerAt: number | null = null;

	requestStarted(at: number): void {
		this.requests += 1;
		this.inFlight += 1;
		this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
		this.firstRequestAt ??= at;
		this.lastRequestAt = at;
	}

	requestEnded(at: number): void {
		this.inFlight -= 1;
		this.lastAnswerAt = at;
	}

	count(send: Send): void {
		if (send.accepted) this.accepted += 1;
		else this.refused += 1;
		if (this.kept.length >= sendsKept) return;
		this.kept.push(send);
		const before = this.acceptedPerRecipient.get(send.recipient) ?? 0;
		this.acceptedPerRecipient.set(send.recipient, before + (send.accepted ? 1 : 0));
		if (send.accepted && before === 1) this.acceptedTwice += 1;
	}

	/** In the order of their arrival; of one number (digits or E.164) or of all. */
	sends(phone?: string): Send[] {
		if (phone === undefined) return [...this.kept];
		const digits = phone.replace(/^\+/, '');
		return this.kept.filter((send) => send.recipient === digits);
	}

	/** Recipients whose messages were accepted more than `times` times. */
	acceptedMoreThan(times: number): string[] {
		return [...this.acceptedPerRecipient].filter(([, count]) => count > times).map(([recipient]) => recipient);
	}

	summary(): CounterSummary {
		return {
			requests: this.requests,
			accepted: this.accepted,
			refused: this.refused,
			mostInFlight: this.mostInFlight,
			firstRequestAt: this.firstRequestAt,
			lastRequestAt: this.lastRequestAt,
			lastAnswerAt: this.lastAnswerAt,
			recipients: this.acceptedPerRecipient.size,
			acceptedTwice: this.acceptedTwice,
		};
	}

	/** Requests still in flight stay counted as such. */
	clear(): void {
		this.kept = [];
		this.acceptedPerRecipient = new Map();
		this.acceptedTwice = 0;
		this.requests = 0;
		this.accepted = 0;
		this.refused = 0;
		this.mostInFlight = this.inFlight;
		this.firstRequestAt = null;
		this.lastRequestAt = null;
		this.lastAnswerAt = null;
	}
}

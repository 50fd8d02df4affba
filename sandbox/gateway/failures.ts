import { z } from 'zod/v4';

/**
 * A planned failure of provider requests.
 * `answer` refuses the request; `dropBefore` closes the connection with nothing done; `dropAfter` and `hang` take the
 * message and let the sender never know (closed connection, no answer at all).
 */
export const failureSchema = z.strictObject({
	kind: z.enum(['answer', 'dropBefore', 'dropAfter', 'hang']).default('answer'),
	/** Both when absent. */
	provider: z.enum(['meta', 'websms']).optional(),
	/** Only requests to this number (digits or E.164). */
	recipient: z.string().optional(),
	/** How many requests fail. */
	times: z.number().int().min(1).max(1_000_000).default(1),
	/** HTTP status; by default 400 for Meta and 200 for websms. */
	status: z.number().int().min(200).max(599).optional(),
	/** The provider's own error code, from which the body is made. */
	code: z.number().int().optional(),
	message: z.string().optional(),
	/** The body as it is, instead of code and message. */
	body: z.string().optional(),
});

export type Failure = z.infer<typeof failureSchema>;

/** The failures planned, oldest first. */
export class FailurePlan {
	private planned: Failure[] = [];

	add(failure: z.input<typeof failureSchema>): void {
		this.planned.push(failureSchema.parse(failure));
	}

	/** The failure that this request meets; its count goes down by one. */
	take(provider: 'meta' | 'websms', recipients: readonly string[]): Failure | undefined {
		if (this.planned.length === 0) return undefined;
		const failure = this.planned.find(
			(candidate) =>
				(candidate.provider ?? provider) === provider &&
				(candidate.recipient === undefined || recipients.includes(candidate.recipient.replace(/\D/g, ''))),
		);
		if (failure === undefined) return undefined;
		failure.times -= 1;
		if (failure.times === 0) this.planned = this.planned.filter((other) => other !== failure);
		return failure;
	}

	list(): readonly Failure[] {
		return this.planned;
	}

	clear(): void {
		this.planned = [];
	}
}

import { z } from 'zod/v4';

const milliseconds = z.number().min(0).max(3_600_000);

/** How the gateway behaves; every field can be changed while it runs (`PATCH /control/settings`). */
export const settingsSchema = z.strictObject({
	/** How long a provider request waits for its answer. */
	answerDelayMs: milliseconds,
	/** Most provider requests in any second before the provider's throttling error comes; 0: no limit. */
	throttlePerSecond: z.number().int().min(0),
	/** Whether anything is reported after a message was accepted. */
	statuses: z.boolean(),
	/** Times after the answer. */
	sentAfterMs: milliseconds,
	deliveredAfterMs: milliseconds,
	readAfterMs: milliseconds,
	/** The statuses of a message come together and backwards, at the time of the last one. */
	statusesOutOfOrder: z.boolean(),
	/** Each webhook that was answered with 200 is delivered once more. */
	duplicateWebhooks: z.boolean(),
	/** Webhooks wait for `release`. */
	holdWebhooks: z.boolean(),
	/** As Meta does: free text to somebody who has not written for 24 hours fails with 131047. */
	enforceWindow: z.boolean(),
});

export type GatewaySettings = z.infer<typeof settingsSchema>;

export const defaultSettings: GatewaySettings = {
	answerDelayMs: 0,
	throttlePerSecond: 0,
	statuses: true,
	sentAfterMs: 50,
	deliveredAfterMs: 300,
	readAfterMs: 1_000,
	statusesOutOfOrder: false,
	duplicateWebhooks: false,
	holdWebhooks: false,
	enforceWindow: false,
};

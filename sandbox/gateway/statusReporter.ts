import type { Callbacks } from './callbacks';
import { DeliveryLane } from './deliveryLane';
import { signatureOf, statusesBody } from './metaWebhooks';
import type { StatusReport } from './metaWebhooks';
import type { PhoneMessage } from './phoneBook';
import type { WebhookSender } from './webhookSender';
import { channelStatusesBody, deliveryReportBody } from './websmsWebhooks';
import type { DeliveryReportStatus } from './websmsWebhooks';

interface DeliveryReport {
	url: string;
	body: string;
}

/** Sends statuses on to the company: Meta's several to a webhook under load, websms' one to each. */
export class StatusReporter {
	private readonly meta: DeliveryLane<StatusReport>;
	private readonly websms: DeliveryLane<DeliveryReport>;

	constructor(
		private readonly sender: WebhookSender,
		private readonly callbacks: Callbacks,
	) {
		// One at a time keeps the order that the phones gave them; Meta promises none, and `statusesOutOfOrder` gives none.
		this.meta = new DeliveryLane({
			batchSize: 100,
			concurrency: 1,
			collectMs: 10,
			deliver: (reports) => this.postToMeta(reports),
		});
		this.websms = new DeliveryLane({
			batchSize: 1,
			concurrency: 8,
			collectMs: 0,
			deliver: (reports) => this.postToWebsms(reports),
		});
	}

	reportWhatsApp(report: StatusReport): void {
		if (report.message.provider === 'meta') this.meta.push(report);
		else if (this.callbacks.websms !== null) {
			this.websms.push({ url: this.callbacks.websms, body: JSON.stringify(channelStatusesBody([report])) });
		}
	}

	reportSms(message: PhoneMessage, status: DeliveryReportStatus, at: number): void {
		// As at websms: without a notificationCallbackUrl nobody hears of it.
		if (message.statusUrl === null) return;
		this.websms.push({ url: message.statusUrl, body: JSON.stringify(deliveryReportBody(message, status, at)) });
	}

	close(): void {
		this.meta.close();
		this.websms.close();
	}

	private async postToMeta(reports: StatusReport[]): Promise<void> {
		if (this.callbacks.meta === null) return;
		const body = JSON.stringify(statusesBody(reports));
		const headers = { 'x-hub-signature-256': signatureOf(body) };
		const note = reports.length === 1 ? `status ${reports[0]?.status}` : `${reports.length} statuses`;
		await this.sender.send({ provider: 'meta', url: this.callbacks.meta, headers, body, note }).first;
	}

	private async postToWebsms(reports: DeliveryReport[]): Promise<void> {
		for (const { url, body } of reports) {
			await this.sender.send({ provider: 'websms', url, headers: {}, body, note: 'delivery report' }).first;
		}
	}
}

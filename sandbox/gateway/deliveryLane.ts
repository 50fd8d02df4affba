/**
 * Hands items on in their order, several at once while earlier ones are under way:
 * a webhook under load carries many statuses, one alone leaves at once.
 */
export class DeliveryLane<Item> {
	private waiting: Item[] = [];
	private underWay = 0;
	private timer: NodeJS.Timeout | undefined;

	constructor(
		private readonly options: {
			/** Most items handed on together. */
			batchSize: number;
			/** Most batches under way at one time. */
			concurrency: number;
			/** How long the first item waits for others. */
			collectMs: number;
			deliver: (items: Item[]) => Promise<unknown>;
		},
	) {}

	push(item: Item): void {
		this.waiting.push(item);
		this.timer ??= setTimeout(() => {
			this.timer = undefined;
			this.flush();
		}, this.options.collectMs);
	}

	close(): void {
		clearTimeout(this.timer);
		this.waiting = [];
	}

	private flush(): void {
		while (this.waiting.length > 0 && this.underWay < this.options.concurrency) {
			const batch = this.waiting.splice(0, this.options.batchSize);
			this.underWay += 1;
			void this.options.deliver(batch).finally(() => {
				this.underWay -= 1;
				this.flush();
			});
		}
	}
}

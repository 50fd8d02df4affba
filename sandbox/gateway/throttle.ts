/** Refuses what comes faster than so many in any second. */
export class Throttle {
	/** Start times of the last requests let through, as a ring. */
	private ring: number[] = [];
	private next = 0;

	/** Whether a request at this moment (UTC ms) goes through. `perSecond` 0: always. */
	allows(now: number, perSecond: number): boolean {
		if (perSecond === 0) return true;
		if (this.ring.length !== perSecond) this.reset(perSecond);
		const oldest = this.ring[this.next] ?? 0;
		if (now - oldest < 1_000) return false;
		this.ring[this.next] = now;
		this.next = (this.next + 1) % perSecond;
		return true;
	}

	private reset(perSecond: number): void {
		this.ring = new Array<number>(perSecond).fill(0);
		this.next = 0;
	}
}

/** Frames a second over the last second or so, from the instants (in milliseconds) at which frames were shown. */
export class FrameRate {
	#shown: number[] = [];

	add(now: number): number {
		this.#shown.push(now);
		while ((this.#shown[0] ?? now) < now - 1000) this.#shown.shift();
		const first = this.#shown[0] ?? now;
		return now > first ? ((this.#shown.length - 1) * 1000) / (now - first) : 0;
	}

	clear(): void {
		this.#shown = [];
	}
}

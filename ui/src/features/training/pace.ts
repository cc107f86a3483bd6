// How fast something goes lately, from when its progress is heard of.

/** Milliseconds that are looked back on: long enough to be steady, short enough to follow a change. */
const WINDOW = 5000;

export class Pace {
	readonly #now: () => number;
	readonly #least: number;
	#heard: { at: number; done: number }[] = [];

	/** `now`: a clock in milliseconds; `least`: milliseconds without which a pace would be a guess. */
	constructor(now: () => number, least: number) {
		this.#now = now;
		this.#least = least;
	}

	/** Another course begins. */
	reset(): void {
		this.#heard = [];
	}

	/** So many are done by now: how many a second, or null while that is not known. */
	after(done: number): number | null {
		const at = this.#now();
		this.#heard = this.#heard.filter((heard) => heard.at >= at - WINDOW);
		this.#heard.push({ at, done });
		const first = this.#heard[0];
		return first && at - first.at >= this.#least ? ((done - first.done) * 1000) / (at - first.at) : null;
	}
}

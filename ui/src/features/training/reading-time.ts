// How long the reading of pictures before a training will still take, from how it went lately: pictures whose features
// are known already pass at once, the others do not.

import type { TrainingEvent } from "../../bindings";

/** Milliseconds that are looked back on. */
const WINDOW = 5000;
/** Milliseconds without which it would be a guess. */
const LEAST = 1000;

export class ReadingTime {
	readonly #now: () => number;
	#heard: { at: number; done: number }[] = [];

	/** `now`: a clock in milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** Seconds left after this event; null while that is not known, and when no pictures are read. */
	after(event: TrainingEvent): number | null {
		if (event.event !== "preparing") {
			this.#heard = [];
			return null;
		}
		const { done, total } = event;
		const at = this.#now();
		// They are read once to find those that look alike, and once more to learn from.
		if (done < (this.#heard.at(-1)?.done ?? 0)) this.#heard = [];
		this.#heard = this.#heard.filter((heard) => heard.at >= at - WINDOW);
		this.#heard.push({ at, done });
		const first = this.#heard[0];
		if (!first || at - first.at < LEAST || done === first.done) return null;
		return ((total - done) * (at - first.at)) / (done - first.done) / 1000;
	}
}

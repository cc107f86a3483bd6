// How long the reading of pictures before a training will still take, from how it went lately: pictures whose features
// are known already pass at once, the others do not.

import type { TrainingEvent } from "../../bindings";
import { Pace } from "./pace";

/** Milliseconds without which it would be a guess. */
const LEAST = 1000;

export class ReadingTime {
	readonly #pictures: Pace;
	#done = 0;

	/** `now`: a clock in milliseconds. */
	constructor(now: () => number) {
		this.#pictures = new Pace(now, LEAST);
	}

	/** Seconds left after this event; null while that is not known, and when no pictures are read. */
	after(event: TrainingEvent): number | null {
		if (event.event !== "preparing") {
			this.#pictures.reset();
			return null;
		}
		const { done, total } = event;
		// They are read once to find those that look alike, and once more to learn from.
		if (done < this.#done) this.#pictures.reset();
		this.#done = done;
		const pace = this.#pictures.after(done);
		return pace ? (total - done) / pace : null;
	}
}

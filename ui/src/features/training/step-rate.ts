// How many pictures a training learns from in a second, from when its steps are heard of.

import type { TrainingEvent } from "../../bindings";

/** Milliseconds that are looked back on: long enough to be steady, short enough to follow a change. */
const WINDOW = 5000;

export class StepRate {
	readonly #now: () => number;
	#heard: { at: number; steps: number }[] = [];

	/** `now`: a clock in milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** Pictures a second after this event; null while that is not known. */
	after(event: TrainingEvent, batchSize: number): number | null {
		if (event.event !== "step") {
			// Between epochs the pictures kept aside are checked: that time is no learning.
			if (event.event !== "checked" && event.event !== "warning") this.#heard = [];
			return null;
		}
		const at = this.#now();
		this.#heard = this.#heard.filter((heard) => heard.at > at - WINDOW && heard.steps < event.step);
		this.#heard.push({ at, steps: event.step });
		const first = this.#heard[0];
		if (!first || at - first.at < 200) return null;
		return ((event.step - first.steps) * batchSize * 1000) / (at - first.at);
	}
}

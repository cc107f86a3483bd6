// How many pictures a training learns from in a second, from when its steps are heard of. The time in which it checks
// the pictures kept aside counts too: it is what one waits for.

import type { TrainingEvent } from "../../bindings";

/** Milliseconds that are looked back on: long enough to be steady, short enough to follow a change. */
const WINDOW = 5000;
/** Milliseconds without which a rate would be a guess. */
const LEAST = 500;

export class StepRate {
	readonly #now: () => number;
	#heard: { at: number; steps: number }[] = [];
	#rate: number | null = null;

	/** `now`: a clock in milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** Pictures a second after this event; null while that is not known. */
	after(event: TrainingEvent, batchSize: number): number | null {
		if (event.event === "preparing" || event.event === "started") {
			this.#heard = [];
			this.#rate = null;
		}
		if (event.event !== "step") return this.#rate;
		const [at, steps] = [this.#now(), (event.epoch - 1) * event.steps + event.step];
		this.#heard = this.#heard.filter((heard) => heard.at >= at - WINDOW);
		this.#heard.push({ at, steps });
		const first = this.#heard[0];
		if (first && at - first.at >= LEAST) this.#rate = ((steps - first.steps) * batchSize * 1000) / (at - first.at);
		return this.#rate;
	}
}

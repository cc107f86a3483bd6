// How many pictures a training learns from in a second. The time in which it checks the pictures kept aside counts too:
// it is what one waits for.

import type { TrainingEvent } from "../../bindings";
import { Pace } from "./pace";

/** Milliseconds without which a rate would be a guess. */
const LEAST = 500;

export class StepRate {
	readonly #steps: Pace;
	#rate: number | null = null;

	/** `now`: a clock in milliseconds. */
	constructor(now: () => number) {
		this.#steps = new Pace(now, LEAST);
	}

	/** Pictures a second after this event; null while that is not known. */
	after(event: TrainingEvent, batchSize: number): number | null {
		if (event.event === "preparing" || event.event === "started") {
			this.#steps.reset();
			this.#rate = null;
		}
		if (event.event !== "step") return this.#rate;
		const pace = this.#steps.after((event.epoch - 1) * event.steps + event.step);
		if (pace !== null) this.#rate = pace * batchSize;
		return this.#rate;
	}
}

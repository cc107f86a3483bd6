// @vitest-environment node
import { expect, test } from "vitest";
import type { TrainingEvent } from "../../bindings";
import { StepRate } from "./step-rate";

const step = (epoch: number, step: number): TrainingEvent => {
	return { event: "step", epoch, step, steps: 10, loss: 1, accuracy: 0, secondsLeft: 1 };
};

test("the rate is that of the last seconds, over epochs, and begins anew with each training", () => {
	let now = 0;
	const rate = new StepRate(() => now);
	expect(rate.after(step(1, 1), 32)).toBeNull();
	now = 1000;
	expect(rate.after(step(2, 1), 32)).toBe(320);
	// Slower by now: what is older than five seconds is forgotten, and the rate stays until there is another one.
	now = 7000;
	expect(rate.after(step(2, 2), 32)).toBe(320);
	now = 8000;
	expect(rate.after(step(2, 3), 32)).toBe(32);
	expect(rate.after({ event: "preparing", done: 0, total: 9 }, 32)).toBeNull();
});

// @vitest-environment node
import { expect, test } from "vitest";
import type { TrainingEvent } from "../../bindings";
import { StepRate } from "./step-rate";

const step = (step: number): TrainingEvent => ({
	event: "step",
	epoch: 1,
	step,
	steps: 100,
	loss: 1,
	accuracy: 0,
	secondsLeft: 1,
});

test("the rate is that of the last seconds, and begins anew with each epoch", () => {
	let now = 0;
	const rate = new StepRate(() => now);
	expect(rate.after(step(1), 32)).toBeNull();
	now = 1000;
	expect(rate.after(step(11), 32)).toBe(320);
	// Slower by now: what is older than five seconds is forgotten.
	now = 7000;
	expect(rate.after(step(12), 32)).toBeNull();
	now = 8000;
	expect(rate.after(step(13), 32)).toBe(32);
	expect(rate.after(step(1), 32)).toBeNull();
});

// @vitest-environment node
import { expect, test } from "vitest";
import type { TrainingEvent } from "../../bindings";
import { ReadingTime } from "./reading-time";

const read = (done: number): TrainingEvent => ({ event: "preparing", done, total: 100 });

test("the time left follows how fast pictures are read now, and begins anew with each reading", () => {
	let now = 0;
	const time = new ReadingTime(() => now);
	expect(time.after(read(0))).toBeNull();
	now = 500;
	expect(time.after(read(40))).toBeNull();
	now = 1000;
	expect(time.after(read(50))).toBe(1);
	// Slower by now: what is older than five seconds is forgotten.
	now = 6000;
	expect(time.after(read(60))).toBe(20);
	now = 6500;
	expect(time.after(read(0))).toBeNull();
	now = 8500;
	expect(time.after(read(10))).toBe(18);
	expect(time.after({ event: "cancelled" })).toBeNull();
});

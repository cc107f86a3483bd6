import { afterEach, expect, test, vi } from "vitest";
import { ScrollMotion } from "./scroll-motion.svelte";

afterEach(() => vi.useRealTimers());

test("a list that flies by is not calm until it rests or slows down", () => {
	vi.useFakeTimers();
	const motion = new ScrollMotion();
	const frames = (first: number, by: number) => {
		for (let n = 1; n <= 10; n++) motion.moved(first + by * n, 900, 10_000 + first + 16 * n);
	};
	frames(0, 700);
	expect(motion.calm).toBe(false);
	vi.advanceTimersByTime(99);
	expect(motion.calm).toBe(false);
	vi.advanceTimersByTime(1);
	expect(motion.calm).toBe(true);
	frames(7000, 700);
	frames(14_000, 20);
	expect(motion.calm).toBe(true);
});

test("one jump after a rest can be looked at", () => {
	const motion = new ScrollMotion();
	motion.moved(50_000, 900, 5000);
	expect(motion.calm).toBe(true);
});

// @vitest-environment node
import { expect, test } from "vitest";
import {
	boxFromCorners,
	boxOverlap,
	clampedBox,
	HANDLES,
	handlePoint,
	movedBox,
	movedTogether,
	resizedBox,
} from "./bounding-box";
import { imagePoint } from "./points";

const size = { width: 100, height: 80 };
const box = { x1: 10, y1: 20, x2: 40, y2: 60 };

test("corners in any order give the same box", () => {
	expect(boxFromCorners(imagePoint(10, 20), imagePoint(4, 5))).toEqual({ x1: 4, y1: 5, x2: 10, y2: 20 });
});

test("overlap is measured against the smaller box", () => {
	expect(boxOverlap({ x1: 0, y1: 0, x2: 100, y2: 100 }, { x1: 95, y1: 0, x2: 105, y2: 10 })).toBeCloseTo(0.5, 12);
	expect(boxOverlap({ x1: 0, y1: 0, x2: 0, y2: 0 }, box)).toBe(0);
});

test("a box is cut at the edges of the picture", () => {
	expect(clampedBox({ x1: -5, y1: -5, x2: 500, y2: 40 }, size)).toEqual({ x1: 0, y1: 0, x2: 100, y2: 40 });
});

test("a moved box keeps its size and stops at the edge", () => {
	expect(movedBox(box, 1000, -1000, size)).toEqual({ x1: 70, y1: 0, x2: 100, y2: 40 });
	expect(movedBox(box, 3, 4, size)).toEqual({ x1: 13, y1: 24, x2: 43, y2: 64 });
});

test("a handle dragged to where it is changes nothing", () => {
	for (const handle of HANDLES) expect(resizedBox(box, handle, handlePoint(box, handle)), handle).toEqual(box);
});

test("a handle moves its own sides only, and turns the box over past the opposite side", () => {
	expect(resizedBox(box, "e", imagePoint(50, 999))).toEqual({ ...box, x2: 50 });
	expect(resizedBox(box, "nw", imagePoint(50, 70))).toEqual({ x1: 40, y1: 60, x2: 50, y2: 70 });
});

test("a group stops at the edge as one and keeps its shape", () => {
	const other = { x1: 70, y1: 10, x2: 95, y2: 30 };
	expect(movedTogether([box, other], 50, -50, size)).toEqual([
		{ x1: 15, y1: 10, x2: 45, y2: 50 },
		{ x1: 75, y1: 0, x2: 100, y2: 20 },
	]);
	expect(movedTogether([], 5, 5, size)).toEqual([]);
});

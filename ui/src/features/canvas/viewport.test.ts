// @vitest-environment node
import { expect, test } from "vitest";
import { imagePoint, screenPoint } from "../../geometry/points";
import {
	fitted,
	imageFromScreen,
	panned,
	placedInRoom,
	restaged,
	revealed,
	screenFromImage,
	screenRectOf,
	zoomedAt,
} from "./viewport";

const stage = { width: 800, height: 600 };
const size = { width: 4000, height: 3000 };

test("a fitted picture lies whole and centred on the stage", () => {
	const view = fitted(stage, size);
	const a = screenFromImage(view, imagePoint(0, 0));
	const b = screenFromImage(view, imagePoint(4000, 3000));
	expect(a.x).toBeGreaterThan(0);
	expect(b.x).toBeLessThan(800);
	expect(a.x + b.x).toBeCloseTo(800);
	expect(a.y + b.y).toBeCloseTo(600);
});

test("a small picture is not blown up when it is fitted", () => {
	expect(fitted(stage, { width: 100, height: 100 }).scale).toBe(1);
});

test("screen and image points convert both ways", () => {
	const view = { scale: 0.37, x: -120.5, y: 33 };
	const point = imageFromScreen(view, screenFromImage(view, imagePoint(1234, 567)));
	expect(point.x).toBeCloseTo(1234, 9);
	expect(point.y).toBeCloseTo(567, 9);
});

test("zooming keeps the image point under the pointer", () => {
	const view = fitted(stage, size);
	const pointer = screenPoint(300, 200);
	const before = imageFromScreen(view, pointer);
	const after = imageFromScreen(zoomedAt(view, pointer, 3, stage, size), pointer);
	expect(after.x).toBeCloseTo(before.x, 6);
	expect(after.y).toBeCloseTo(before.y, 6);
});

test("zooming ends at 3200 % and at the fitted picture", () => {
	const view = fitted(stage, size);
	const corner = screenPoint(10, 10);
	expect(zoomedAt(view, corner, 1e9, stage, size).scale).toBe(32);
	expect(zoomedAt(view, corner, 1e9, stage, size, 2).scale).toBe(16);
	expect(zoomedAt(panned(view, 90, 90, stage, size), corner, 1e-9, stage, size)).toEqual(view);
});

test("a box out of sight is brought into sight, one in sight stays where it is", () => {
	const view = zoomedAt(fitted(stage, size), screenPoint(400, 300), 10, stage, size);
	const box = { x1: 100, y1: 100, x2: 300, y2: 250 };
	const shown = screenRectOf(revealed(view, box, stage, size), box);
	expect(shown.x1).toBeGreaterThanOrEqual(0);
	expect(shown.x2).toBeLessThanOrEqual(800);
	expect(shown.y1).toBeGreaterThanOrEqual(0);
	const there = revealed(view, box, stage, size);
	expect(revealed(there, box, stage, size)).toBe(there);
});

test("a box that needs room for something beside it is made smaller, never larger", () => {
	const view = fitted(stage, size);
	const room = { x1: 0, y1: 0, x2: 300, y2: 600 };
	const wide = screenRectOf(placedInRoom(view, { x1: 0, y1: 0, x2: 4000, y2: 3000 }, room), {
		x1: 0,
		y1: 0,
		x2: 4000,
		y2: 3000,
	});
	expect(wide.x2 - wide.x1).toBeCloseTo(300);
	expect(placedInRoom(view, { x1: 0, y1: 0, x2: 100, y2: 100 }, room).scale).toBe(view.scale);
});

test("the picture cannot be lost by panning", () => {
	const view = panned(fitted(stage, size), 1e6, -1e6, stage, size);
	const corner = screenFromImage(view, imagePoint(0, 3000));
	expect(corner.x).toBeLessThan(800);
	expect(corner.y).toBeGreaterThan(0);
});

test("what was in the middle stays there when the stage changes its size", () => {
	const view = zoomedAt(fitted(stage, size), screenPoint(400, 300), 4, stage, size);
	const before = imageFromScreen(view, screenPoint(400, 300));
	const after = imageFromScreen(restaged(view, stage, { width: 600, height: 500 }, size), screenPoint(300, 250));
	expect(after.x).toBeCloseTo(before.x, 6);
	expect(after.y).toBeCloseTo(before.y, 6);
});

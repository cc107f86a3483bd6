// @vitest-environment node
import { expect, test } from "vitest";
import { intersectionArea } from "../../geometry/bounding-box";
import { bbox } from "./fixtures";
import { popupPlace } from "./popup-place";

const popup = { width: 248, height: 330 };
const stage = { width: 700, height: 600 };

test.each([
	["in the middle", bbox(200, 200, 300, 300)],
	["at the right edge", bbox(600, 200, 690, 300)],
	["at the left edge", bbox(0, 200, 90, 300)],
	["wide, at the top", bbox(10, 10, 690, 200)],
	["wide, at the bottom", bbox(10, 400, 690, 590)],
])("beside a box %s, whole on the stage and not on the box", (_name, box) => {
	const { left, top } = popupPlace(box, popup, stage);
	const area = { x1: left, y1: top, x2: left + popup.width, y2: top + popup.height };
	expect(intersectionArea(box, area)).toBe(0);
	expect(left).toBeGreaterThanOrEqual(0);
	expect(top).toBeGreaterThanOrEqual(0);
	expect(area.x2).toBeLessThanOrEqual(stage.width);
	expect(area.y2).toBeLessThanOrEqual(stage.height);
});

test("on a box that fills the stage it stays whole on the stage", () => {
	const { left, top } = popupPlace(bbox(0, 0, 700, 600), popup, stage);
	expect(left + popup.width).toBeLessThanOrEqual(stage.width);
	expect(top).toBeGreaterThanOrEqual(0);
});

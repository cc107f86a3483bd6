// @vitest-environment node
import { expect, test } from "vitest";
import { boxFields, boxWithField } from "./box-fields";
import { bbox } from "./fixtures";

const box = bbox(10.4, 20, 110.4, 70);
const picture = { width: 800, height: 600 };

test("a box is read as whole numbers", () => {
	expect(boxFields(box)).toEqual({ x: 10, y: 20, width: 100, height: 50 });
});

test("typing a position moves the box, typing a size keeps its corner", () => {
	expect(boxWithField(box, "x", 30, picture)).toEqual(bbox(30, 20, 130, 70));
	expect(boxWithField(box, "height", 10, picture)).toEqual(bbox(10.4, 20, 110.4, 30));
});

test("a position past the edge moves the box to the edge in its size", () => {
	expect(boxWithField(box, "x", 750, picture)).toEqual(bbox(700, 20, 800, 70));
	expect(boxWithField(box, "y", 99_999, picture)).toEqual(bbox(10.4, 550, 110.4, 600));
	expect(boxWithField(box, "x", -5, picture)).toEqual(bbox(0, 20, 100, 70));
});

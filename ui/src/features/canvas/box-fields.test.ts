// @vitest-environment node
import { expect, test } from "vitest";
import { boxFields, boxWithField } from "./box-fields";
import { bbox } from "./fixtures";

const box = bbox(10.4, 20, 110.4, 70);

test("a box is read as whole numbers", () => {
	expect(boxFields(box)).toEqual({ x: 10, y: 20, width: 100, height: 50 });
});

test("typing a position moves the box, typing a size keeps its corner", () => {
	expect(boxWithField(box, "x", 30)).toEqual(bbox(30, 20, 130, 70));
	expect(boxWithField(box, "height", 10)).toEqual(bbox(10.4, 20, 110.4, 30));
});

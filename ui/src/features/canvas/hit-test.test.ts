// @vitest-environment node
import { expect, test } from "vitest";
import { imagePoint } from "../../geometry/points";
import { bbox, drawnBox } from "./fixtures";
import { hitTest } from "./hit-test";

const large = drawnBox("large", bbox(0, 0, 500, 500));
const small = drawnBox("small", bbox(100, 100, 200, 200));

test("the smaller of two boxes under the pointer is meant", () => {
	expect(hitTest(imagePoint(150, 150), [small, large], [], 1)).toEqual({ kind: "box", id: "small" });
	expect(hitTest(imagePoint(300, 300), [small, large], [], 1)).toEqual({ kind: "box", id: "large" });
});

test("handles exist on the selected box only, and win over what lies under them", () => {
	expect(hitTest(imagePoint(500, 500), [large], [], 1)).toEqual({ kind: "box", id: "large" });
	const handle = hitTest(imagePoint(202, 198), [large, small], ["small"], 1);
	expect(handle).toEqual({ kind: "handle", id: "small", handle: "se" });
});

test("several selected boxes have no handles", () => {
	expect(hitTest(imagePoint(202, 198), [large, small], ["small", "large"], 1)).toMatchObject({ kind: "box" });
});

test("a handle is as easy to catch at any zoom", () => {
	const at = imagePoint(200 + 60, 200);
	expect(hitTest(at, [small], ["small"], 0.1)).toMatchObject({ kind: "handle", handle: "se" });
	expect(hitTest(at, [small], ["small"], 1)).toEqual({ kind: "nothing" });
});

test("a small box can still be taken by its middle", () => {
	const tiny = drawnBox("tiny", bbox(100, 100, 112, 112));
	expect(hitTest(imagePoint(106, 106), [tiny], ["tiny"], 1)).toEqual({ kind: "box", id: "tiny" });
	expect(hitTest(imagePoint(115, 115), [tiny], ["tiny"], 1)).toMatchObject({ handle: "se" });
});

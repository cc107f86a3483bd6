// @vitest-environment node
import { expect, test } from "vitest";
import { boxesFromText, copiedBoxes, offsetsBeside, placedOn, textOfBoxes } from "./box-clipboard";
import { bbox, drawnBox, FFP2 } from "./fixtures";

const size = { width: 1000, height: 800 };

test("boxes come out of the clipboard as they went in, with the names of their categories", () => {
	const copied = copiedBoxes("image", [drawnBox("a", bbox(1, 2, 30, 40), { category: "c1" })], [FFP2]);
	expect(boxesFromText(textOfBoxes(copied))).toEqual({
		image: "image",
		boxes: [{ bbox: bbox(1, 2, 30, 40), category: "ffp2" }],
	});
});

test.each([
	["nothing", null],
	["a word", "hello"],
	["broken JSON", "{"],
	["other JSON", '{"boxes": []}'],
	["no boxes", '{"bauta": "boxes", "image": "a", "boxes": []}'],
	["a box without numbers", '{"bauta": "boxes", "image": "a", "boxes": [{"bbox": {"x1": "1"}}]}'],
	[
		"an infinite box",
		'{"bauta": "boxes", "image": "a", "boxes": [{"bbox": {"x1": 1e999, "y1": 0, "x2": 1, "y2": 1}}]}',
	],
])("%s in the clipboard is not a box", (_name, text) => {
	expect(boxesFromText(text)).toBeNull();
});

test("on a smaller picture a box keeps its size and moves inside", () => {
	const [inside, cut] = placedOn(
		[900, 3000].map((x2) => ({ bbox: bbox(x2 - 300, 0, x2, 100), category: null })),
		{
			width: 700,
			height: 500,
		},
	);
	expect(inside?.bbox).toEqual(bbox(400, 0, 700, 100));
	expect(cut?.bbox).toEqual(bbox(400, 0, 700, 100));
});

test("copies go beside the group, to the right first, and stay on the picture", () => {
	const group = [{ bbox: bbox(0, 0, 100, 100), category: null }];
	expect(offsetsBeside(group, size)[0]).toEqual([105, 0]);
	expect(offsetsBeside([{ bbox: bbox(900, 0, 1000, 100), category: null }], size)[0]).toEqual([0, 105]);
	expect(offsetsBeside([{ bbox: bbox(0, 0, 1000, 800), category: null }], size)).toEqual([]);
});

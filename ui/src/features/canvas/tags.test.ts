// @vitest-environment node
import { expect, test } from "vitest";
import { contrastRatio } from "../../shared/contrast";
import { bbox, drawnBox, FFP2, proposedBox } from "./fixtures";
import { boxLook, TAG_HEIGHT, TagSpace, tagPlaces, tagWidths } from "./tags";

const categories = new Map([[FFP2.id, FFP2]]);
const stage = { width: 800, height: 600 };
const box = bbox(0, 0, 9, 9);

test("an accepted box is solid and says its category", () => {
	expect(boxLook(drawnBox("a", box, { category: "c1" }), categories)).toEqual({
		color: "#0072b2",
		textColor: "#ffffff",
		text: "ffp2",
		dashed: false,
	});
	expect(boxLook(drawnBox("a", box), categories).text).toBe("None");
});

test("a proposal is dashed and says how sure the model is", () => {
	expect(boxLook(proposedBox("a", box, 0.834), categories)).toMatchObject({ dashed: true, text: "Face? 83 %" });
	const suggestion = { label: "ffp2", confidence: 0.61 };
	expect(boxLook(drawnBox("a", box, { suggestion }), categories)).toMatchObject({ dashed: true, text: "ffp2? 61 %" });
});

test("every text on a chip is readable on its colour", () => {
	for (const color of ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2", "#777777"]) {
		const look = boxLook(drawnBox("a", box, { category: "c1" }), new Map([["c1", { ...FFP2, color }]]));
		expect(contrastRatio(look.textColor, color), color).toBeGreaterThan(4.5);
	}
});

test.each([
	["above the box", bbox(100, 100, 200, 200), { x: 100, y: 100 - TAG_HEIGHT, width: 60 }],
	["below where there is no room above", bbox(100, 5, 200, 200), { x: 100, y: 200, width: 60 }],
	["inside where there is room on neither side", bbox(-50, -50, 200, 700), { x: 0, y: 0, width: 60 }],
	["whole at the right edge", bbox(780, 100, 1000, 200), { x: 740, y: 82, width: 60 }],
	["nowhere when the box is out of sight", bbox(900, 100, 1000, 200), undefined],
	["nowhere when the box is a speck", bbox(100, 100, 104, 104), undefined],
])("a tag goes %s", (_name, rect, place) => {
	expect(tagPlaces(rect, 60, stage)[0]).toEqual(place);
});

test("tags of close boxes avoid each other, and one without room is left out", () => {
	const space = new TagSpace();
	const [first, second] = [bbox(100, 100, 130, 140), bbox(135, 100, 165, 140)];
	expect(space.take(tagPlaces(first, 60, stage))?.y).toBe(82);
	expect(space.take(tagPlaces(second, 60, stage))?.y).toBe(140);
	expect(space.take(tagPlaces(second, 60, stage))?.y).toBe(100);
	expect(space.take(tagPlaces(second, 60, stage))).toBeNull();
});

test("a tag is about as wide as its box, and the one that is selected says its whole name", () => {
	expect(tagWidths(bbox(0, 0, 150, 50), false)).toEqual([150]);
	expect(tagWidths(bbox(0, 0, 40, 50), false)).toEqual([72, 40]);
	expect(tagWidths(bbox(0, 0, 12, 50), false)).toEqual([72]);
	expect(tagWidths(bbox(0, 0, 12, 50), true)).toEqual([240, 72]);
});

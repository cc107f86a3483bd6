import { expect, test } from "vitest";
import type { BoxConflict } from "../../bindings";
import { around, byImage, choose, conflictChoices, ofImage, type SingleChoices } from "./conflicts";

const box = { x1: 0, y1: 0, x2: 10, y2: 20 };
const conflict = (imageId: string): BoxConflict => ({
	imageId,
	image: "a.jpg",
	mine: "mask",
	theirs: null,
	myBox: box,
	theirBox: box,
});

test("images of the same name are decided apart, and a conflict keeps its number", () => {
	const images = byImage(["day", "night", "day"].map(conflict));
	expect(images.map(({ id, conflicts }) => [id, conflicts.map(({ number }) => number)])).toEqual([
		["day", [0, 2]],
		["night", [1]],
	]);
});

test("a choice for an image is that of its boxes until one of them differs", () => {
	const [day] = byImage(["day", "night", "day"].map(conflict));
	if (!day) throw new Error("no image");
	let single: SingleChoices = {};
	expect(ofImage(day, single)).toBeNull();
	single = choose(single, [0, 2], "keepBoth");
	expect(ofImage(day, single)).toBe("keepBoth");
	single = choose(single, [2], "takeTheirs");
	expect(ofImage(day, single)).toBe("mixed");
	expect(conflictChoices("keepMine", single)).toEqual({
		all: "keepMine",
		each: [
			[0, "keepBoth"],
			[2, "takeTheirs"],
		],
	});
	expect(choose(single, [0, 2], null)).toEqual({});
});

test("the sketch shows both boxes and a margin", () => {
	const [x, y, width, height] = around(box, { x1: 5, y1: -10, x2: 30, y2: 10 });
	expect([x < 0, y < -10, x + width > 30, y + height > 20]).toEqual([true, true, true, true]);
});

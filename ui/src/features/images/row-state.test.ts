// @vitest-environment node
import { expect, test } from "vitest";
import type { ImageRow } from "../../bindings";
import { labelledCount, rowState, searched } from "./row-state";

const row = (more: Partial<ImageRow>): ImageRow => {
	return {
		id: "i",
		name: "IMG_1.jpg",
		folder: "2021",
		size: null,
		boxes: 0,
		unlabelled: 0,
		proposals: 0,
		doubt: null,
		categories: [],
		background: false,
		destination: null,
		modified: null,
		problem: null,
		...more,
	};
};

test("the most urgent fact of an image marks it", () => {
	expect(rowState(row({}))).toBe("empty");
	expect(rowState(row({ boxes: 2 }))).toBe("labelled");
	expect(rowState(row({ boxes: 2, unlabelled: 1 }))).toBe("unlabelled");
	expect(rowState(row({ boxes: 2, unlabelled: 1, proposals: 1 }))).toBe("proposals");
	expect(rowState(row({ proposals: 1, problem: "gone" }))).toBe("problem");
});

test("an image without boxes is not labelled", () => {
	expect(labelledCount([row({}), row({ boxes: 1 }), row({ boxes: 1, unlabelled: 1 })])).toBe(1);
});

test("images are found by name and folder, in any case", () => {
	const rows = [row({}), row({ name: "b.png", folder: "trip" })];
	expect(searched(rows, " img_1 ")).toHaveLength(1);
	expect(searched(rows, "TRIP/")).toHaveLength(1);
	expect(searched(rows, "")).toBe(rows);
});

// @vitest-environment node
import { expect, test } from "vitest";
import { imageRow } from "./fixtures";
import { filterOf, ROW_FILTERS, type RowFilter, rowFacts, rowState } from "./row-state";

test("the most urgent fact of an image marks it", () => {
	expect(rowState(imageRow({}))).toBe("empty");
	expect(rowState(imageRow({ background: true }))).toBe("background");
	expect(rowState(imageRow({ background: true, boxes: 1 }))).toBe("labelled");
	expect(filterOf("background")(imageRow({ background: true, boxes: 1 }))).toBe(false);
	expect(filterOf("labelled")(imageRow({ background: true, problem: "no picture" }))).toBe(false);
	expect(rowState(imageRow({ boxes: 2 }))).toBe("labelled");
	expect(rowState(imageRow({ boxes: 2, unlabelled: 1 }))).toBe("unlabelled");
	expect(rowState(imageRow({ boxes: 2, unlabelled: 1, proposals: 1 }))).toBe("proposals");
	expect(rowState(imageRow({ proposals: 1, problem: "gone" }))).toBe("problem");
});

test("an image without boxes is labelled only when it has none on purpose", () => {
	const rows = [{}, { boxes: 1 }, { boxes: 1, unlabelled: 1 }, { background: true }].map(imageRow);
	expect(rowFacts(rows).totals.images.labelled).toBe(2);
});

test("each filter shows its images, and a category those with a box of it", () => {
	const rows = [
		{},
		{ boxes: 1, categories: ["ffp2"] },
		{ boxes: 1, unlabelled: 1, proposals: 1 },
		{ background: true },
		{ problem: "gone" },
	].map(imageRow);
	expect(rowFacts(rows).totals.images).toEqual({
		all: 5,
		unlabelled: 2,
		labelled: 2,
		proposals: 1,
		background: 1,
		unreadable: 1,
	});
	const { proposals, unlabelled } = rowFacts(rows).totals;
	expect([proposals, unlabelled]).toEqual([1, 1]);
	const { flags } = rowFacts(rows);
	const places = (filter: RowFilter) => {
		const shows = filterOf(filter);
		const shown = rows.flatMap((row, place) => (shows(row) ? place : []));
		expect(rows.flatMap((row, place) => (shows(row, flags[place]) ? place : []))).toEqual(shown);
		return shown;
	};
	expect(ROW_FILTERS.map(places)).toEqual([[0, 1, 2, 3, 4], [0, 2], [1, 3], [2], [3], [4]]);
	expect(places("category:ffp2")).toEqual([1]);
});

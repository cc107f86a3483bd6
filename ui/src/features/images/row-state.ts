// What the strip says of an image, by its most urgent fact; and which images a filter shows.

import type { CategoryId, ImageRow } from "../../bindings";

export type RowState = "problem" | "proposals" | "unlabelled" | "labelled" | "background" | "empty";

export function rowState(row: ImageRow): RowState {
	if (row.problem !== null) return "problem";
	if (row.proposals > 0) return "proposals";
	if (row.unlabelled > 0) return "unlabelled";
	if (row.boxes > 0) return "labelled";
	return row.background ? "background" : "empty";
}

/** Whether nothing is left to do: every box has a category, or there are none on purpose. */
export function isLabelled(row: ImageRow): boolean {
	return row.boxes > 0 ? row.unlabelled === 0 : row.background;
}

export const ROW_FILTERS = ["all", "unlabelled", "labelled", "proposals", "background", "unreadable"] as const;

/** Which images are shown; one of a category has an accepted box with it. */
export type RowFilter = (typeof ROW_FILTERS)[number] | `category:${CategoryId}`;

export function passes(row: ImageRow, filter: RowFilter): boolean {
	switch (filter) {
		case "all":
			return true;
		case "unlabelled":
			return row.problem === null && !isLabelled(row);
		case "labelled":
			return isLabelled(row);
		case "proposals":
			return row.proposals > 0;
		case "background":
			return row.background;
		case "unreadable":
			return row.problem !== null;
		default:
			return row.categories.includes(filter.slice("category:".length));
	}
}

export type RowTotals = {
	/** How many images each of the fixed filters shows. */
	readonly images: Readonly<Record<(typeof ROW_FILTERS)[number], number>>;
	/** Boxes and categories that nobody accepted yet. */
	readonly proposals: number;
	/** Accepted boxes without a category. */
	readonly unlabelled: number;
};

/** All that is counted over the images, in one pass: there may be a hundred thousand, and every change counts anew. */
export function rowTotals(rows: readonly ImageRow[]): RowTotals {
	const images = { all: rows.length, unlabelled: 0, labelled: 0, proposals: 0, background: 0, unreadable: 0 };
	let [proposals, unlabelled] = [0, 0];
	for (const row of rows) {
		const labelled = isLabelled(row);
		if (labelled) images.labelled += 1;
		if (row.problem !== null) images.unreadable += 1;
		else if (!labelled) images.unlabelled += 1;
		if (row.proposals > 0) images.proposals += 1;
		if (row.background) images.background += 1;
		proposals += row.proposals;
		unlabelled += row.unlabelled;
	}
	return { images, proposals, unlabelled };
}

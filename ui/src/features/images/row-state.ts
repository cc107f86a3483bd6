// What the strip says of an image, by its most urgent fact; and which images a filter shows.

import type { CategoryId, ImageRow } from "../../bindings";

export type RowState = "problem" | "proposals" | "unlabelled" | "labelled" | "background" | "empty";

export function rowState(row: ImageRow): RowState {
	if (row.problem !== null) return "problem";
	if (row.proposals > 0) return "proposals";
	if (row.unlabelled > 0) return "unlabelled";
	if (row.boxes > 0) return "labelled";
	return isBackground(row) ? "background" : "empty";
}

/** Whether nothing is left to do: every box has a category, or there are none on purpose. */
function isLabelled(row: ImageRow): boolean {
	return row.boxes > 0 ? row.unlabelled === 0 : isBackground(row);
}

/** Whether somebody said that there is nothing to mark on this image. A box says otherwise, and so does no picture. */
export function isBackground(row: ImageRow): boolean {
	return row.background && row.boxes === 0 && row.problem === null;
}

export const ROW_FILTERS = ["all", "unlabelled", "labelled", "proposals", "background", "unreadable"] as const;

/** Which images are shown; one of a category has an accepted box with it. */
export type RowFilter = (typeof ROW_FILTERS)[number] | `category:${CategoryId}`;

/** A bit for each fixed filter that leaves something out. */
const FLAGS = { unlabelled: 1, labelled: 2, proposals: 4, background: 8, unreadable: 16 } as const;
const FLAG_NAMES = Object.keys(FLAGS) as (keyof typeof FLAGS)[];

/** `FLAGS` of the fixed filters that show the row. */
function flagsOf(row: ImageRow): number {
	const readable = row.problem === null;
	const labelling = isLabelled(row) ? FLAGS.labelled : readable ? FLAGS.unlabelled : 0;
	const proposals = row.proposals > 0 ? FLAGS.proposals : 0;
	return labelling | proposals | (isBackground(row) ? FLAGS.background : 0) | (readable ? 0 : FLAGS.unreadable);
}

export type RowTotals = {
	/** How many images each of the fixed filters shows. */
	readonly images: Readonly<Record<(typeof ROW_FILTERS)[number], number>>;
	/** Boxes and categories that nobody accepted yet. */
	readonly proposals: number;
	/** Accepted boxes without a category. */
	readonly unlabelled: number;
};

/** What is asked of all images again and again. */
export type RowFacts = {
	readonly totals: RowTotals;
	/** `FLAGS` of each row. */
	readonly flags: Uint8Array;
};

/** All facts of the images in one pass: there may be a hundred thousand, and every change counts anew. */
export function rowFacts(rows: readonly ImageRow[]): RowFacts {
	const flags = new Uint8Array(rows.length);
	const images = { all: rows.length, unlabelled: 0, labelled: 0, proposals: 0, background: 0, unreadable: 0 };
	let [proposals, unlabelled] = [0, 0];
	rows.forEach((row, place) => {
		const so = flagsOf(row);
		flags[place] = so;
		for (const name of FLAG_NAMES) if ((so & FLAGS[name]) !== 0) images[name] += 1;
		proposals += row.proposals;
		unlabelled += row.unlabelled;
	});
	return { totals: { images, proposals, unlabelled }, flags };
}

/** Whether a filter shows a row, whose `FLAGS` may be known already. */
export function filterOf(filter: RowFilter): (row: ImageRow, flags?: number) => boolean {
	if (filter === "all") return () => true;
	if (filter in FLAGS) {
		const wanted = FLAGS[filter as keyof typeof FLAGS];
		return (row, flags = flagsOf(row)) => (flags & wanted) !== 0;
	}
	const category = filter.slice("category:".length);
	return (row) => row.categories.includes(category);
}

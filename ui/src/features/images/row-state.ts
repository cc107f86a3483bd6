// What the strip says of an image, by its most urgent fact.

import type { ImageRow } from "../../bindings";

export type RowState = "problem" | "proposals" | "unlabelled" | "labelled" | "empty";

export function rowState(row: ImageRow): RowState {
	if (row.problem !== null) return "problem";
	if (row.proposals > 0) return "proposals";
	if (row.unlabelled > 0) return "unlabelled";
	return row.boxes > 0 ? "labelled" : "empty";
}

/** Images whose boxes all have a category, and which have some. */
export function labelledCount(rows: readonly ImageRow[]): number {
	return rows.filter((row) => row.boxes > 0 && row.unlabelled === 0).length;
}

/** The rows whose name or folder contains the text, without regard to case. */
export function searched(rows: readonly ImageRow[], text: string): readonly ImageRow[] {
	const folded = text.trim().toLowerCase();
	if (folded === "") return rows;
	return rows.filter((row) => `${row.folder}/${row.name}`.toLowerCase().includes(folded));
}

// The orders that the strip can have.

import type { ImageRow } from "../../bindings";

export const ROW_ORDERS = ["folder", "name", "date", "doubt"] as const;
/** As in the project, folder by folder; natural order of names; oldest first; least sure first. */
export type RowOrder = (typeof ROW_ORDERS)[number];

const DIGITS = /\d+/g;

/**
 * A text that sorts as people order names (`img2` before `IMG10`), by plain comparison: comparing a hundred thousand
 * names by their rules takes seconds, comparing texts does not.
 */
export function naturalKey(name: string): string {
	// A run of digits becomes its length and its digits; no run in a file name has more than 255.
	return name.toLowerCase().replace(DIGITS, (run) => {
		const digits = run.replace(/^0+(?=\d)/, "");
		return `0${String.fromCharCode(digits.length)}${digits}`;
	});
}

/** Places in `rows`, in this order; rows that are equal in it stay in the project's. */
export function rowOrder(rows: readonly ImageRow[], order: RowOrder): Uint32Array {
	const places = Uint32Array.from(rows, (_, index) => index);
	if (order === "folder") return places;
	if (order === "doubt")
		return byNumber(
			places,
			rows.map((row) => -(row.doubt ?? -1)),
		);
	return byText(
		places,
		rows.map((row) => (order === "name" ? naturalKey(row.name) : (row.modified ?? "\uffff"))),
	);
}

function byNumber(places: Uint32Array, keys: readonly number[]): Uint32Array {
	return places.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
}

function byText(places: Uint32Array, keys: readonly string[]): Uint32Array {
	return places.sort((a, b) => {
		const [x, y] = [keys[a] ?? "", keys[b] ?? ""];
		return x < y ? -1 : x > y ? 1 : a - b;
	});
}

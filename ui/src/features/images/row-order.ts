// The orders that the strip can have.

import type { ImageRow } from "../../bindings";

export const ROW_ORDERS = ["folder", "name", "date", "doubt"] as const;
/** As in the project, folder by folder; natural order of names; oldest first; least sure first. */
export type RowOrder = (typeof ROW_ORDERS)[number];

const [ZERO, NINE] = [0x30, 0x39];

/**
 * A text that sorts as people order names (`img2` before `IMG10`), by plain comparison: comparing a hundred thousand
 * names by their rules takes seconds, comparing texts does not. Goes through the text by itself, because replacing by
 * a pattern takes three times as long, and all names are asked for at once.
 */
export function naturalKey(name: string): string {
	const text = name.toLowerCase();
	const isDigit = (at: number) => text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE;
	let [key, done] = ["", 0];
	for (let at = 0; at < text.length; at++) {
		if (!isDigit(at)) continue;
		let first = at;
		while (isDigit(at + 1)) at++;
		const before = text.slice(done, first);
		while (first < at && text.charCodeAt(first) === ZERO) first++;
		done = at + 1;
		// A run of digits becomes its length and its digits; no run in a file name has more than 255.
		key += `${before}0${String.fromCharCode(done - first)}${text.slice(first, done)}`;
	}
	return key + text.slice(done);
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

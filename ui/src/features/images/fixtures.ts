import type { ImageRow } from "../../bindings";

let made = 0;

/** A line of the strip, for tests. */
export function imageRow(more: Partial<ImageRow>): ImageRow {
	made += 1;
	return {
		id: `image ${made}`,
		revision: 0,
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
}

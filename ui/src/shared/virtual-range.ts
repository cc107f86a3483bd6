// Which rows of a long list exist on the page.

export type VirtualRange = { readonly first: number; readonly last: number };

/** Rows on each side of those in sight. */
const SPARE = 6;

/** The most rows that a range has, however it is scrolled. */
export function mostRows(rowHeight: number, height: number): number {
	return Math.ceil(height / rowHeight) + 1 + 2 * SPARE;
}

/** Rows in sight and a few more on both sides; `last` is exclusive. All lengths in CSS pixels. */
export function virtualRange(count: number, rowHeight: number, scrollTop: number, height: number): VirtualRange {
	const first = Math.max(0, Math.floor(scrollTop / rowHeight) - SPARE);
	const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + SPARE);
	return { first: Math.min(first, last), last };
}

/** Where to scroll so that a row is whole in sight, moving as little as possible. */
export function scrollTopFor(index: number, rowHeight: number, scrollTop: number, height: number): number {
	const top = index * rowHeight;
	if (top < scrollTop) return top;
	return Math.max(scrollTop, top + rowHeight - height);
}

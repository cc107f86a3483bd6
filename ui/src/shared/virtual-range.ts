// Which rows of a long list exist on the page.

export type VirtualRange = { readonly first: number; readonly last: number };

/** Rows in sight and `spare` more on both sides; `last` is exclusive. All lengths in CSS pixels. */
export function virtualRange(
	count: number,
	rowHeight: number,
	scrollTop: number,
	height: number,
	spare = 6,
): VirtualRange {
	const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
	const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
	return { first: Math.min(first, last), last };
}

/** Where to scroll so that a row is whole in sight, moving as little as possible. */
export function scrollTopFor(index: number, rowHeight: number, scrollTop: number, height: number): number {
	const top = index * rowHeight;
	if (top < scrollTop) return top;
	return Math.max(scrollTop, top + rowHeight - height);
}

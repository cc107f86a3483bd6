import type { ImageId, ImageRow } from "../../bindings";

/** A list of images of which one is open, as the session keeps it; for tests. */
export function listOf(first: ImageRow[]) {
	let rows = $state.raw<readonly ImageRow[]>(first);
	let current = $state.raw<ImageId | null>(null);
	return {
		rows: () => rows,
		current: () => current,
		open: (place: number) => {
			current = rows[place]?.id ?? null;
		},
		change: (place: number, facts: Partial<ImageRow>) => {
			rows = rows.map((row, index) => (index === place ? { ...row, ...facts } : row));
		},
	};
}

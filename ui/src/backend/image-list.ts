// The images of a project as the program sends them: field by field, which is a quarter of the bytes.

import type { ImageList, ImageRow } from "../bindings";

export function rowsOf(list: ImageList): ImageRow[] {
	const rows = list.ids.map((id, at): ImageRow => {
		const size = list.size[at] ?? null;
		return {
			id,
			revision: list.revisions[at] ?? 0,
			name: list.names[at] ?? "",
			folder: list.folders[list.folder[at] ?? 0] ?? "",
			size: size === null ? null : (list.sizes[size] ?? null),
			boxes: list.boxes[at] ?? 0,
			unlabelled: list.unlabelled[at] ?? 0,
			proposals: list.proposals[at] ?? 0,
			doubt: null,
			categories: list.categorySets[list.categories[at] ?? 0] ?? [],
			background: false,
			destination: null,
			modified: list.modified[at] ?? null,
			problem: null,
		};
	});
	const set = <Name extends keyof ImageRow>(at: number, name: Name, value: ImageRow[Name]) => {
		const row = rows[at];
		if (row) row[name] = value;
	};
	for (const [at, doubt] of list.doubt) set(at, "doubt", doubt);
	for (const at of list.background) set(at, "background", true);
	for (const [at, destination] of list.destination) set(at, "destination", destination);
	for (const [at, problem] of list.problem) set(at, "problem", problem);
	return rows;
}

/** What the program sends for these rows: for the fake one. */
export function listOf(rows: readonly ImageRow[]): ImageList {
	const having = <T>(value: (row: ImageRow) => T | null) =>
		rows.flatMap((row, at): [number, T][] => {
			const found = value(row);
			return found === null ? [] : [[at, found]];
		});
	const all = <T>(value: (row: ImageRow) => T) => rows.map(value);
	return {
		ids: all(({ id }) => id),
		revisions: all(({ revision }) => revision),
		names: all(({ name }) => name),
		folders: all(({ folder }) => folder),
		folder: rows.map((_, at) => at),
		sizes: rows.flatMap(({ size }) => size ?? []),
		size: placesOf(rows),
		boxes: all(({ boxes }) => boxes),
		unlabelled: all(({ unlabelled }) => unlabelled),
		proposals: all(({ proposals }) => proposals),
		categorySets: all(({ categories }) => categories),
		categories: rows.map((_, at) => at),
		modified: all(({ modified }) => modified),
		doubt: having(({ doubt }) => doubt),
		background: rows.flatMap(({ background }, at) => (background ? [at] : [])),
		destination: having(({ destination }) => destination),
		problem: having(({ problem }) => problem),
	};
}

function placesOf(rows: readonly ImageRow[]): (number | null)[] {
	let next = 0;
	return rows.map(({ size }) => (size === null ? null : next++));
}

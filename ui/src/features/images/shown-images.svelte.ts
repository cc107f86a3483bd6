// Which images the strip shows and in which order: next and previous follow it.

import { untrack } from "svelte";
import type { ImageId, ImageRow } from "../../bindings";
import { type RowOrder, rowOrder } from "./row-order";
import { passes, type RowFilter } from "./row-state";

export class ShownImages {
	/** Part of the file name or folder, in any case. */
	text = $state("");
	filter = $state.raw<RowFilter>("all");
	order = $state.raw<RowOrder>("folder");
	readonly #all: () => readonly ImageRow[];
	readonly #current: () => ImageId | null;
	#sorted = $state(0);

	constructor(all: () => readonly ImageRow[], current: () => ImageId | null) {
		this.#all = all;
		this.#current = current;
	}

	/** Changes with the list of images, and not with what is known of each. */
	readonly #list = $derived.by(() => {
		const all = this.#all();
		return `${all.length} ${all[0]?.id} ${all.at(-1)?.id}`;
	});
	/** Names as the search compares them. */
	readonly #folded = $derived.by(() => {
		void this.#list;
		return untrack(this.#all).map((row) => `${row.folder}/${row.name}`.toLowerCase());
	});
	/** Sorted when it is asked for, not while one works: an image that is done must not leave from under one's hands. */
	readonly #places = $derived.by(() => {
		void this.#list;
		void this.#sorted;
		return rowOrder(untrack(this.#all), this.order);
	});
	readonly #wanted = $derived(this.text.trim().toLowerCase());
	/**
	 * The open image, when it was in the list as it was opened: it stays in sight though it may pass no longer. Looked
	 * at again only when another image is opened or other ones are asked for.
	 */
	readonly #kept = $derived.by(() => {
		const [current, filter, wanted] = [this.#current(), this.filter, this.#wanted];
		return untrack(() => {
			const place = this.#all().findIndex((row) => row.id === current);
			return this.#matches(place, filter, wanted) ? current : null;
		});
	});

	/** The images in the list. */
	readonly rows = $derived.by((): readonly ImageRow[] => {
		const [all, filter, wanted, kept] = [this.#all(), this.filter, this.#wanted, this.#kept];
		if (filter === "all" && wanted === "" && this.order === "folder") return all;
		const shown: ImageRow[] = [];
		for (const place of this.#places) {
			const row = all[place];
			if (row && (row.id === kept || this.#matches(place, filter, wanted))) shown.push(row);
		}
		return shown;
	});

	/** Sorts anew, after a job that has changed what is sorted by. */
	sort(): void {
		this.#sorted += 1;
	}

	/** Shows all again. */
	clear(): void {
		this.text = "";
		this.filter = "all";
	}

	/** The nearest image after (1) or before (-1) the open one that is in the list and `suits`. */
	neighbour(step: 1 | -1, suits: (row: ImageRow) => boolean = () => true): ImageRow | null {
		const [all, places, current] = [this.#all(), this.#places, this.#current()];
		const here = places.findIndex((place) => all[place]?.id === current);
		const [filter, wanted] = [this.filter, this.#wanted];
		const first = here < 0 ? (step === 1 ? 0 : places.length - 1) : here + step;
		for (let at = first; at >= 0 && at < places.length; at += step) {
			const place = places[at] ?? -1;
			const row = all[place];
			if (row && this.#matches(place, filter, wanted) && suits(row)) return row;
		}
		return null;
	}

	/** The nearest one after the open image that `suits`, from the beginning again at the end. */
	nextOf(suits: (row: ImageRow) => boolean): ImageRow | null {
		const current = this.#current();
		const other = (row: ImageRow) => row.id !== current && suits(row);
		return this.neighbour(1, other) ?? this.rows.find(other) ?? null;
	}

	#matches(place: number, filter: RowFilter, wanted: string): boolean {
		const row = this.#all()[place];
		return (
			row !== undefined && passes(row, filter) && (wanted === "" || (this.#folded[place]?.includes(wanted) ?? false))
		);
	}
}

// Which images the strip shows and in which order: next and previous follow it.

import { untrack } from "svelte";
import type { ImageId, ImageRow } from "../../bindings";
import { nameSearch } from "./name-search";
import { type RowOrder, rowOrder } from "./row-order";
import { filterOf, type RowFilter, rowFacts } from "./row-state";

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
	/** Sorted when it is asked for, not while one works: an image that is done must not leave from under one's hands. */
	readonly #places = $derived.by(() => {
		void this.#list;
		void this.#sorted;
		return rowOrder(untrack(this.#all), this.order);
	});
	readonly #facts = $derived.by(() => rowFacts(this.#all()));
	/** What is counted over all images. */
	readonly totals = $derived(this.#facts.totals);
	readonly #found = $derived(nameSearch(this.text));
	/** Whether an image passes. Looked up once, and asked a hundred thousand times; its flags may be known. */
	readonly #passes = $derived.by(() => {
		const [shows, found] = [filterOf(this.filter), this.#found];
		return (row: ImageRow, flags?: number) => shows(row, flags) && (found === null || found(row));
	});
	/** Where the open image is in the order, whether it is in the list or not. */
	readonly #here = $derived.by(() => {
		const [places, current] = [this.#places, this.#current()];
		const place = untrack(this.#all).findIndex((row) => row.id === current);
		return place < 0 ? -1 : places.indexOf(place);
	});
	/**
	 * The open image, when it was in the list as it was opened: it stays in sight though it may pass no longer. Looked
	 * at again only when another image is opened or other ones are asked for.
	 */
	readonly #kept = $derived.by(() => {
		const [current, suits] = [this.#current(), this.#passes];
		return untrack(() => {
			const place = this.#all().findIndex((row) => row.id === current);
			const row = this.#all()[place];
			return row && suits(row) ? place : -1;
		});
	});

	/** The images in the list. */
	readonly rows = $derived.by((): readonly ImageRow[] => {
		const [all, places, suits, kept] = [this.#all(), this.#places, this.#passes, this.#kept];
		if (this.filter === "all" && this.#found === null && this.order === "folder") return all;
		const { flags } = this.#facts;
		const shown: ImageRow[] = [];
		// By number: the first time, an iterator over a hundred thousand costs a frame of its own.
		for (let at = 0; at < places.length; at++) {
			const place = places[at] ?? -1;
			const row = all[place];
			if (row && (place === kept || suits(row, flags[place]))) shown.push(row);
		}
		return shown;
	});
	/** Where the open image is in the list, or -1. */
	readonly position = $derived.by(() => {
		const current = this.#current();
		return this.rows.findIndex((row) => row.id === current);
	});
	/** The images of the list before and after the open one, which need not be in it. */
	readonly #around = $derived.by((): Record<-1 | 1, ImageRow | null> => {
		const { rows, position } = this;
		if (position >= 0) return { [-1]: rows[position - 1] ?? null, 1: rows[position + 1] ?? null };
		const [all, places, suits, here] = [this.#all(), this.#places, this.#passes, this.#here];
		const from = (first: number, step: 1 | -1) => {
			for (let at = first; at >= 0 && at < places.length; at += step) {
				const place = places[at] ?? -1;
				const row = all[place];
				if (row && suits(row)) return row;
			}
			return null;
		};
		return {
			[-1]: here < 0 ? (rows.at(-1) ?? null) : from(here - 1, -1),
			1: here < 0 ? (rows[0] ?? null) : from(here + 1, 1),
		};
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

	/** The image of the list after (1) or before (-1) the open one. */
	neighbour(step: 1 | -1): ImageRow | null {
		return this.#around[step];
	}

	/** The images that one is likely to go to from the open one, the likeliest first. */
	get nearby(): readonly ImageRow[] {
		const second = this.position < 0 ? undefined : this.rows[this.position + 2];
		return [this.neighbour(1), this.neighbour(-1), second].filter((row) => row !== null && row !== undefined);
	}

	/** The next image of the list that `suits`, from the beginning again at the end. */
	nextOf(suits: (row: ImageRow) => boolean): ImageRow | null {
		const { rows, position } = this;
		const first = position >= 0 ? position + 1 : Math.max(0, rows.indexOf(this.#around[1] as ImageRow));
		for (let step = 0; step < rows.length; step++) {
			const row = rows[(first + step) % rows.length];
			if (row && row.id !== this.#current() && suits(row)) return row;
		}
		return null;
	}
}

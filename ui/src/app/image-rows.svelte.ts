// The images of the project, one line each, kept as the program last told of them.

import type { ImageId, ImageRow } from "../bindings";

/** How often lines that arrive without being asked for are shown. */
const SHOWN_EVERY_MILLIS = 150;

type Listeners = {
	/** These lines were replaced. */
	changed: (ids: readonly ImageId[]) => void;
	/** Lines that nobody asked for are shown now. */
	arrived: (ids: ReadonlySet<ImageId>) => void;
};

export class ImageRows {
	all = $state.raw<readonly ImageRow[]>([]);
	readonly #listeners: Listeners;
	/** Where each of them is. */
	#places: ReadonlyMap<ImageId, number> = new Map();
	/** Lines that were told of and are not shown yet. */
	readonly #arrived = new Map<ImageId, ImageRow>();

	constructor(listeners: Listeners) {
		this.#listeners = listeners;
	}

	set(rows: readonly ImageRow[]): void {
		this.#places = new Map(rows.map((row, place) => [row.id, place]));
		this.all = rows;
	}

	/** Where the image is, -1 when it is not in the project. */
	place(id: ImageId): number {
		return this.#places.get(id) ?? -1;
	}

	/** Takes lines as they are now; answers may arrive in another order than they were given, and an older one is dropped. */
	replace(changed: readonly ImageRow[]): void {
		if (changed.length === 0) return;
		const rows = this.all.slice();
		for (const row of changed) {
			const place = this.place(row.id);
			const known = rows[place];
			if (known === undefined || known.revision > row.revision) continue;
			rows[place] = row;
			// What was told of it earlier is old now.
			this.#arrived.delete(row.id);
		}
		this.all = rows;
		this.#listeners.changed(changed.map(({ id }) => id));
	}

	/** Takes a line that nobody asked for: of a new image, or, shown a little later, of one that is there. */
	arrive(row: ImageRow): void {
		if (this.place(row.id) >= 0) {
			this.arriveAll([row]);
			return;
		}
		this.#places = new Map([...this.#places, [row.id, this.all.length]]);
		this.all = [...this.all, row];
	}

	/** A job, or pictures that cannot be read, may change many lines a second: the page takes them over together. */
	arriveAll(rows: readonly ImageRow[]): void {
		if (this.#arrived.size === 0) {
			setTimeout(() => this.#listeners.arrived(this.showArrived()), SHOWN_EVERY_MILLIS);
		}
		for (const row of rows) this.#arrived.set(row.id, row);
	}

	/** Shows what has arrived, and says whose lines these are. */
	showArrived(): ReadonlySet<ImageId> {
		const rows = [...this.#arrived.values()];
		this.#arrived.clear();
		this.replace(rows);
		return new Set(rows.map(({ id }) => id));
	}
}

// The table of all boxes of the project: which are asked for, the rows that are loaded, and which are chosen. The
// program sorts and filters; the page holds what is in sight.

import { SvelteMap } from "svelte/reactivity";
import { answered, type Backend } from "../../backend";
import type { AnnotationId, BoxChoice, TableOrder, TableQuery, TableRow } from "../../bindings";

export const PAGE = 100;
/** Pages that are kept; the rest is asked for again. */
const KEPT_PAGES = 40;

export const ALL_BOXES: TableQuery = {
	search: "",
	category: { kind: "any" },
	state: null,
	source: null,
	image: null,
	order: "image",
	descending: false,
};

type Selection = { readonly kind: "ids"; readonly ids: ReadonlySet<AnnotationId> } | { readonly kind: "all" };
export type TableBackend = Pick<Backend, "annotationsTable" | "tableIds">;

export class BoxTable {
	readonly #backend: TableBackend;
	readonly #pages = new SvelteMap<number, readonly TableRow[]>();
	readonly #asked = new Set<number>();
	/** Answers to what was asked before the last change of the query or the project are old. */
	#generation = 0;
	#inSight = { first: 0, last: 0 };
	#anchor = 0;
	#refreshing = false;
	#stale = false;
	query = $state.raw<TableQuery>(ALL_BOXES);
	/** Null until the first answer. */
	total = $state.raw<number | null>(null);
	problem = $state.raw<string | null>(null);
	/** The row that has the keyboard. */
	cursor = $state.raw(0);
	#selection = $state.raw<Selection>({ kind: "ids", ids: new Set() });

	constructor(backend: TableBackend) {
		this.#backend = backend;
	}

	row(index: number): TableRow | undefined {
		return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
	}

	/** How many boxes are chosen. */
	get chosen(): number {
		return this.#selection.kind === "all" ? (this.total ?? 0) : this.#selection.ids.size;
	}

	isChosen(id: AnnotationId): boolean {
		return this.#selection.kind === "all" || this.#selection.ids.has(id);
	}

	/** The chosen boxes for a change of many. */
	get choice(): BoxChoice {
		if (this.#selection.kind === "all") return { kind: "table", query: this.query };
		return { kind: "ids", ids: [...this.#selection.ids] };
	}

	/** Shows other boxes, or the same in another order; nothing is chosen then. */
	async ask(change: Partial<TableQuery>): Promise<void> {
		this.query = { ...this.query, ...change };
		this.cursor = 0;
		this.#anchor = 0;
		this.clear();
		await this.reload();
	}

	/** Sorts by this, or the other way round when it is sorted by it already. */
	sortBy(order: TableOrder): Promise<void> {
		const again = this.query.order === order;
		return this.ask({ order, descending: again ? !this.query.descending : false });
	}

	/** Forgets all that belongs to the project that was open. */
	reset(): void {
		this.query = ALL_BOXES;
		this.total = null;
		this.#generation += 1;
		this.#pages.clear();
		this.#asked.clear();
		this.clear();
	}

	/**
	 * Loads anew after the project has changed; what is chosen stays chosen. While one answer is on its way, at most one
	 * more question waits: changes that come faster than answers must not keep the table from ever being shown.
	 */
	async refresh(): Promise<void> {
		if (this.#refreshing) {
			this.#stale = true;
			return;
		}
		this.#refreshing = true;
		try {
			do {
				this.#stale = false;
				await this.reload();
			} while (this.#stale);
		} finally {
			this.#refreshing = false;
		}
	}

	/** Loads what is in sight anew. */
	async reload(): Promise<void> {
		this.#generation += 1;
		this.#asked.clear();
		const { first, last } = this.#inSight;
		const page = Math.floor(Math.min(first, Math.max(0, (this.total ?? 1) - 1)) / PAGE);
		await this.#load(page, true);
		this.see(first, last);
	}

	/** Loads the rows `first..last` when they are not there. */
	see(first: number, last: number): void {
		this.#inSight = { first, last };
		const end = Math.min(last, this.total ?? last);
		for (let page = Math.floor(first / PAGE); page * PAGE < end; page++) {
			if (!this.#asked.has(page)) void this.#load(page, false);
		}
	}

	/** A click: this one alone, one more or less with `toggle`, all from the last one with `extend`. */
	async choose(index: number, { toggle = false, extend = false } = {}): Promise<void> {
		const row = this.row(index);
		this.cursor = index;
		if (extend) {
			const [first, last] = [Math.min(this.#anchor, index), Math.max(this.#anchor, index)];
			const ids = await this.#ids(first, last - first + 1);
			if (ids) this.#selection = { kind: "ids", ids: new Set(ids) };
			return;
		}
		this.#anchor = index;
		if (!row) return;
		const { id } = row.annotation;
		if (!toggle) this.#selection = { kind: "ids", ids: new Set([id]) };
		else await this.#toggle(id);
	}

	chooseAll(): void {
		this.#selection = { kind: "all" };
	}

	clear(): void {
		this.#selection = { kind: "ids", ids: new Set() };
	}

	async #toggle(id: AnnotationId): Promise<void> {
		const all = this.#selection.kind === "all" ? await this.#ids(0, this.total ?? 0) : null;
		const ids = new Set(all ?? (this.#selection.kind === "ids" ? this.#selection.ids : []));
		if (!ids.delete(id)) ids.add(id);
		this.#selection = { kind: "ids", ids };
	}

	async #ids(first: number, count: number): Promise<readonly AnnotationId[] | null> {
		const generation = this.#generation;
		const answer = await answered(this.#backend.tableIds(this.query, first, count));
		return answer.status === "ok" && generation === this.#generation ? answer.data : null;
	}

	async #load(page: number, afresh: boolean): Promise<void> {
		this.#asked.add(page);
		const generation = this.#generation;
		const answer = await answered(this.#backend.annotationsTable(this.query, page * PAGE, PAGE));
		if (generation !== this.#generation) return;
		if (answer.status === "error") {
			this.problem = answer.error.message;
			this.#asked.delete(page);
			return;
		}
		this.problem = null;
		// Only now, so that the rows in sight do not flicker.
		if (afresh) this.#pages.clear();
		this.total = answer.data.total;
		this.cursor = Math.min(this.cursor, Math.max(0, answer.data.total - 1));
		this.#pages.set(page, answer.data.rows);
		for (const old of this.#pages.keys()) {
			if (this.#pages.size <= KEPT_PAGES) break;
			this.#pages.delete(old);
			this.#asked.delete(old);
		}
	}
}

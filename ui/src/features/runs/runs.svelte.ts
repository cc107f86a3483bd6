// The trainings that the project remembers, as the window shows them: the list, one of them, or some beside each other.

import { answered, type Backend, type Result } from "../../backend";
import { InOrder } from "../../backend/in-order";
import type {
	RunAnswers,
	RunComparison,
	RunId,
	RunList,
	RunPage,
	RunView,
	StepCurves,
	StrangeRunView,
} from "../../bindings";

/** What is shown: the list, one training, or some beside each other. */
export type Shown =
	| { readonly kind: "list" }
	| { readonly kind: "loading" }
	/** With its steps, thinned out; undefined while they are on their way, null where they cannot be read. */
	| { readonly kind: "page"; readonly page: RunPage; readonly steps: StepCurves | null | undefined }
	| { readonly kind: "comparison"; readonly comparison: RunComparison }
	| { readonly kind: "failed"; readonly message: string };

export type Answers =
	| { readonly kind: "none" }
	| { readonly kind: "loading" }
	| { readonly kind: "ready"; readonly answers: RunAnswers }
	| { readonly kind: "failed"; readonly message: string };

/** How long the list stays before it is said that something is being read. */
const PATIENCE_MILLIS = 150;
/** More than any training has. */
const ALL_EPOCHS = 1e6;

export class Runs {
	readonly backend: Backend;
	/** The latest first; null until they are known. */
	list = $state.raw<readonly RunView[] | null>(null);
	strange = $state.raw<readonly StrangeRunView[]>([]);
	shown = $state.raw<Shown>({ kind: "list" });
	ticked = $state.raw<readonly RunId[]>([]);
	/** What the model of the shown training says of each picture. */
	answers = $state.raw<Answers>({ kind: "none" });
	/** What did not work. */
	error = $state.raw<string | null>(null);
	readonly newest = $derived(this.list?.[0] ?? null);

	readonly #lists = new InOrder();
	#turn = 0;

	constructor(backend: Backend) {
		this.backend = backend;
	}

	/** Another project is open, or none. */
	reset(): void {
		this.#turn += 1;
		this.#lists.forget();
		this.list = null;
		this.strange = [];
		this.shown = { kind: "list" };
		this.ticked = [];
		this.answers = { kind: "none" };
		this.error = null;
	}

	async load(): Promise<void> {
		await this.#ask(() => this.backend.runs());
	}

	/** Takes in that a training began or ended: the list, and the page that may show it. */
	async refresh(): Promise<void> {
		await this.load();
		if (this.shown.kind === "page") await this.open(this.shown.page.run.id, true);
	}

	/** Asks for the list, or for a change of it; false when that did not work. */
	async #ask(command: () => Promise<Result<RunList>>): Promise<boolean> {
		const call = answered(command());
		const isNewest = (await this.#lists.ask(() => call)) !== undefined;
		return this.#take(await call, isNewest);
	}

	#take(answer: Result<RunList>, isNewest: boolean): boolean {
		if (answer.status === "error") {
			this.error = answer.error.message;
			this.list ??= [];
			return false;
		}
		if (!isNewest) return true;
		this.error = null;
		this.list = answer.data.runs.toReversed();
		this.strange = answer.data.strange;
		this.ticked = this.ticked.filter((id) => this.list?.some((run) => run.id === id));
		return true;
	}

	async open(run: RunId, again = false): Promise<void> {
		const turn = ++this.#turn;
		if (!again) this.answers = { kind: "none" };
		// What is there at once is shown at once, and drawn once.
		const patience = again
			? undefined
			: setTimeout(() => {
					this.shown = { kind: "loading" };
				}, PATIENCE_MILLIS);
		const isLate = () =>
			turn !== this.#turn || (again && (this.shown.kind !== "page" || this.shown.page.run.id !== run));
		const page = await answered(this.backend.runPage(run));
		clearTimeout(patience);
		if (isLate()) return;
		if (page.status === "error") {
			this.shown = { kind: "failed", message: page.error.message };
			return;
		}
		// The page is laid out while a long course is read.
		if (!again) this.shown = { kind: "page", page: page.data, steps: undefined };
		const steps = await answered(this.backend.stepCurves(run, 0, ALL_EPOCHS));
		if (isLate()) return;
		this.shown = { kind: "page", page: page.data, steps: steps.status === "ok" ? steps.data : null };
	}

	async compare(): Promise<void> {
		this.#turn += 1;
		this.shown = { kind: "loading" };
		const answer = await answered(this.backend.compareRuns([...this.ticked]));
		if (answer.status === "ok") this.shown = { kind: "comparison", comparison: answer.data };
		else this.shown = { kind: "failed", message: answer.error.message };
	}

	back(): void {
		this.#turn += 1;
		this.shown = { kind: "list" };
		this.answers = { kind: "none" };
	}

	tick(run: RunId, on: boolean): void {
		const others = this.ticked.filter((id) => id !== run);
		this.ticked = on ? [...others, run] : others;
	}

	/** False when the name is refused; `error` says why. */
	async rename(run: RunId, name: string): Promise<boolean> {
		const renamed = await this.#ask(() => this.backend.renameRun(run, name));
		if (renamed && this.shown.kind === "page") await this.open(run, true);
		return renamed;
	}

	async remove(run: RunId, model: boolean): Promise<void> {
		if (await this.#ask(() => this.backend.deleteRun(run, model))) this.back();
	}

	/** Asks the model about the pictures that it was checked with. */
	async ask(): Promise<void> {
		if (this.shown.kind !== "page" || this.answers.kind === "ready" || this.answers.kind === "loading") return;
		const { id } = this.shown.page.run;
		this.answers = { kind: "loading" };
		const answer = await answered(this.backend.runAnswers(id));
		if (this.shown.kind !== "page" || this.shown.page.run.id !== id) return;
		if (answer.status === "ok") this.answers = { kind: "ready", answers: answer.data };
		else this.answers = { kind: "failed", message: answer.error.message };
	}
}

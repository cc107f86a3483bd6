// The studies and tunings of the project: which there are, how far they are, and what one of them came to so far.

import { answered, type Backend } from "../../backend";
import { InOrder } from "../../backend/in-order";
import type { DatasetChoice, ExperimentEvent, ExperimentView, Question, Report } from "../../bindings";

/** What is shown of one: its report as it is now. */
export type ShownExperiment =
	| { readonly kind: "none" }
	| { readonly kind: "loading"; readonly id: string }
	| { readonly kind: "ready"; readonly id: string; readonly report: Report }
	| { readonly kind: "failed"; readonly id: string; readonly message: string };

/** What the running one does at the moment. */
export type Moment = Exclude<ExperimentEvent, { event: "changed" }>;

export class Experiments {
	readonly #backend: Backend;
	/** The latest first; null until they are known. */
	list = $state.raw<readonly ExperimentView[] | null>(null);
	shown = $state.raw<ShownExperiment>({ kind: "none" });
	moment = $state.raw<Moment | null>(null);
	/** Those that were asked to stop and have not yet. */
	stopping = $state.raw<readonly string[]>([]);
	/** What did not work. */
	error = $state.raw<string | null>(null);
	/** The name of the one that runs, be it of this project or of the one before. */
	running = $state.raw<string | null>(null);
	/** The one that is shown. */
	readonly view = $derived(
		this.shown.kind === "none"
			? null
			: (this.list?.find(({ id }) => this.shown.kind !== "none" && id === this.shown.id) ?? null),
	);
	readonly #turns = new InOrder();
	readonly #lists = new InOrder();
	readonly #reports = new InOrder();

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	/** Listens, and finds out whether one runs: the window may have been reloaded. */
	async connect(): Promise<void> {
		await this.#backend.events.experimentProgress.listen(({ payload }) => void this.#take(payload));
		await this.#lookAtTurn();
	}

	async #lookAtTurn(): Promise<void> {
		const log = await this.#turns.ask(() => this.#backend.trainingLog());
		if (log === undefined) return;
		this.running = log.experiment;
		if (this.running === null) this.moment = null;
	}

	/** Another project is open, or none. */
	reset(): void {
		this.#lists.forget();
		this.list = null;
		this.shown = { kind: "none" };
		this.error = null;
	}

	async load(): Promise<void> {
		const answer = await this.#lists.ask(() => answered(this.#backend.experiments()));
		if (answer === undefined) return;
		if (answer.status === "ok") this.list = answer.data;
		else this.error = answer.error.message;
		this.stopping = this.stopping.filter((id) => this.list?.some((one) => one.id === id && one.state === "running"));
	}

	async open(id: string): Promise<void> {
		this.shown = { kind: "loading", id };
		await this.#read(id);
	}

	back(): void {
		this.shown = { kind: "none" };
	}

	/** Whether it has begun, or waits for its turn. */
	async start(source: DatasetChoice, question: Question): Promise<boolean> {
		return await this.#begin(() => this.#backend.startExperiment(source, question));
	}

	async resume(id: string): Promise<boolean> {
		return await this.#begin(() => this.#backend.resumeExperiment(id));
	}

	async stop(id: string): Promise<void> {
		this.stopping = [...this.stopping, id];
		await this.#backend.stopExperiment(id);
		await this.#lookAtTurn();
		await this.load();
	}

	async remove(id: string): Promise<void> {
		const answer = await answered(this.#backend.deleteExperiment(id));
		this.error = answer.status === "error" ? answer.error.message : null;
		if (answer.status === "ok") this.back();
		await this.load();
	}

	async #begin(command: () => ReturnType<Backend["resumeExperiment"]>): Promise<boolean> {
		this.error = null;
		const answer = await answered(command());
		await this.#lookAtTurn();
		await this.load();
		if (answer.status === "error") {
			this.error = answer.error.message;
			return false;
		}
		await this.open(answer.data.id);
		return true;
	}

	async #read(id: string): Promise<void> {
		const answer = await this.#reports.ask(() => answered(this.#backend.experimentReport(id)));
		if (answer === undefined || this.shown.kind === "none" || this.shown.id !== id) return;
		if (answer.status === "ok") this.shown = { kind: "ready", id, report: answer.data };
		else this.shown = { kind: "failed", id, message: answer.error.message };
	}

	async #take(event: ExperimentEvent): Promise<void> {
		if (event.event !== "changed") {
			const begins = this.running !== event.id;
			[this.moment, this.running] = [event, event.id];
			if (begins && this.list !== null) await this.load();
			return;
		}
		await this.#lookAtTurn();
		if (this.list === null) return;
		await this.load();
		if (this.shown.kind !== "none" && this.shown.id === event.id) await this.#read(event.id);
	}
}

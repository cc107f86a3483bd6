// The training as the window knows it. Lives as long as the window, whichever screen is shown.

import type { Backend } from "../../backend";
import { answered } from "../../backend";
import type {
	DatasetChoice,
	DatasetSummary,
	Preset,
	ResumableTraining,
	TrainingConfig,
	TrainingEvent,
} from "../../bindings";
import { afterEvent, afterEvents, isRunning, type TrainingState, trainingIdle } from "./progress";

export class Training {
	readonly #backend: Backend;
	#state = $state.raw<TrainingState>(trainingIdle);
	#stop: (() => void) | null = null;
	config = $state.raw<TrainingConfig | null>(null);
	preset = $state.raw<Preset>("transfer");
	source = $state.raw<DatasetChoice>("project");
	dataset = $state.raw<
		| { kind: "none" }
		| { kind: "loading" }
		| { kind: "ready"; summary: DatasetSummary }
		| { kind: "failed"; message: string }
	>({ kind: "none" });
	/** Why it did not start, or why something else did not work. */
	error = $state.raw<string | null>(null);
	cancelling = $state.raw(false);
	/** The latest training, when it ended early and can go on. */
	resumable = $state.raw<ResumableTraining | null>(null);
	starting = $state.raw(false);

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	get state(): TrainingState {
		return this.#state;
	}

	get running(): boolean {
		return isRunning(this.#state);
	}

	/** Listens, and catches up with a training that was started before the window was loaded. */
	async connect(): Promise<void> {
		const early: TrainingEvent[] = [];
		let caughtUp = false;
		this.#stop = await this.#backend.events.trainingProgress.listen(({ payload }) => {
			if (caughtUp) this.#take(payload);
			else early.push(payload);
		});
		const log = await this.#backend.trainingLog();
		this.#state = afterEvents(log.events);
		if (log.config) this.config = log.config;
		// Events may be in the log and have arrived as well; those of epochs and steps only repeat themselves.
		const known = new Set(log.events.map((event) => JSON.stringify(event)));
		for (const event of early) if (!known.has(JSON.stringify(event))) this.#take(event);
		caughtUp = true;
		if (!this.config) await this.choosePreset(this.preset);
	}

	disconnect(): void {
		this.#stop?.();
	}

	async choosePreset(preset: Preset): Promise<void> {
		this.preset = preset;
		this.config = await this.#backend.presetConfig(preset);
	}

	/** Looks at what would be trained on. */
	async lookAtProject(): Promise<void> {
		this.source = "project";
		this.dataset = { kind: "loading" };
		const answer = await answered(this.#backend.projectDataset());
		if (this.source !== "project") return;
		if (answer.status === "ok") this.dataset = { kind: "ready", summary: answer.data };
		else this.dataset = { kind: "failed", message: answer.error.message };
	}

	async chooseFolder(): Promise<void> {
		const answer = await answered(this.#backend.chooseDatasetFolder());
		if (answer.status === "error") {
			this.source = "folder";
			this.dataset = { kind: "failed", message: answer.error.message };
		} else if (answer.data) {
			this.source = "folder";
			this.dataset = { kind: "ready", summary: answer.data };
		}
	}

	/** Asks whether the latest training, of the project or without one, can go on. */
	async lookForEarlier(): Promise<void> {
		const answer = await answered(this.#backend.resumableTraining());
		// A project that cannot be read says so elsewhere; here there is just nothing to go on with.
		this.resumable = answer.status === "ok" ? answer.data : null;
	}

	async start(): Promise<void> {
		const config = this.config;
		if (config) await this.#begin(() => this.#backend.startTraining(this.source, config));
	}

	/** Goes on with the training that ended early; with a learning rate, in steps of that size. */
	async resume(learningRate: number | null = null): Promise<void> {
		const run = this.resumable?.run;
		if (run) await this.#begin(() => this.#backend.resumeTraining(run, learningRate));
	}

	async #begin(command: () => ReturnType<Backend["startTraining"]>): Promise<void> {
		if (this.starting) return;
		this.starting = true;
		this.error = null;
		this.cancelling = false;
		const before = this.#state;
		this.#state = { kind: "preparing", done: 0, total: 0 };
		const answer = await answered(command());
		this.starting = false;
		if (answer.status === "ok") return;
		this.#state = before;
		this.error = answer.error.message;
	}

	async cancel(): Promise<void> {
		this.cancelling = true;
		await this.#backend.cancelTraining();
	}

	/** Back to the settings, for another training. */
	again(): void {
		if (!this.running) this.#state = trainingIdle;
	}

	#take(event: TrainingEvent): void {
		this.#state = afterEvent(this.#state, event);
		if (this.running) return;
		this.cancelling = false;
		void this.lookForEarlier();
	}
}

// What would be trained: on which pictures, with which settings, and what is known of the pictures beforehand.

import type { Backend } from "../../backend";
import { answered } from "../../backend";
import { InOrder } from "../../backend/in-order";
import type { DatasetCheck, DatasetChoice, DatasetSummary, Preset, TrainingConfig } from "../../bindings";

export class TrainingPlan {
	readonly backend: Backend;
	readonly #isRunning: () => boolean;
	readonly #datasets = new InOrder();
	config = $state.raw<TrainingConfig | null>(null);
	preset = $state.raw<Preset>("transfer");
	source = $state.raw<DatasetChoice>("project");
	dataset = $state.raw<
		| { kind: "none" }
		| { kind: "loading" }
		| { kind: "ready"; summary: DatasetSummary }
		| { kind: "failed"; message: string }
	>({ kind: "none" });
	/** What a look at every picture of the dataset found. */
	check = $state.raw<{ kind: "none" } | { kind: "running" } | { kind: "ready"; found: DatasetCheck }>({ kind: "none" });

	/** `isRunning`: whether a training runs, beside which pictures are not looked at. */
	constructor(backend: Backend, isRunning: () => boolean) {
		this.backend = backend;
		this.#isRunning = isRunning;
	}

	async choosePreset(preset: Preset): Promise<void> {
		this.preset = preset;
		const config = await this.backend.presetConfig(preset);
		if (this.preset === preset) this.config = config;
	}

	/** Looks at what would be trained on. */
	async lookAtProject(): Promise<void> {
		this.source = "project";
		this.dataset = { kind: "loading" };
		const answer = await this.#datasets.ask(() => answered(this.backend.projectDataset()));
		if (answer === undefined || this.source !== "project") return;
		if (answer.status === "ok") this.dataset = { kind: "ready", summary: answer.data };
		else this.dataset = { kind: "failed", message: answer.error.message };
		await this.look();
	}

	/** Has every picture of the dataset looked at, in the background; a training does that for itself. */
	async look(): Promise<void> {
		const { dataset, config } = this;
		this.check = { kind: "none" };
		if (this.#isRunning() || config === null || dataset.kind !== "ready" || dataset.summary.problem !== null) return;
		this.check = { kind: "running" };
		const answer = await answered(this.backend.checkDataset(this.source, config));
		if (this.dataset !== dataset) return;
		// What keeps it from being divided is said where the dataset is.
		this.check = answer.status === "ok" ? { kind: "ready", found: answer.data } : { kind: "none" };
	}

	/** The settings are no longer on the screen. */
	async leave(): Promise<void> {
		if (this.check.kind === "running") {
			this.check = { kind: "none" };
			await this.backend.stopCheck();
		}
	}

	async chooseFolder(): Promise<void> {
		const answer = await answered(this.backend.chooseDatasetFolder());
		if (answer.status === "error") {
			this.source = "folder";
			this.dataset = { kind: "failed", message: answer.error.message };
		} else if (answer.data) {
			this.source = "folder";
			this.dataset = { kind: "ready", summary: answer.data };
			await this.look();
		}
	}
}

// The training on its way, as the window knows it. Lives as long as the window, whichever screen is shown.

import type { Backend } from "../../backend";
import { answered } from "../../backend";
import { InOrder } from "../../backend/in-order";
import type { ResumableTraining, RunId, TrainingEvent, TrainingLog, WaitingTraining } from "../../bindings";
import { accuracyInWords } from "../../shared/accuracy";
import { t } from "../../shared/messages";
import { afterEvent, afterEvents, isRunning, type TrainingState, trainingIdle } from "./progress";
import { ReadingTime } from "./reading-time";
import { StepRate } from "./step-rate";
import { TrainingPlan } from "./training-plan.svelte";

export class Training {
	readonly #backend: Backend;
	/** What the next one would be, or what the running one is. */
	readonly plan: TrainingPlan;
	#state = $state.raw<TrainingState>(trainingIdle);
	#stop: (() => void) | null = null;
	/** Why it did not start, or why something else did not work. */
	error = $state.raw<string | null>(null);
	cancelling = $state.raw(false);
	/** The latest training, when it ended early and can go on. */
	resumable = $state.raw<ResumableTraining | null>(null);
	starting = $state.raw(false);
	/** Those that begin when the running one has ended, the next one first. */
	waiting = $state.raw<readonly WaitingTraining[]>([]);
	/** How the training before the running one ended, when that one had waited for it. */
	before = $state.raw<string | null>(null);
	/** Whether the settings are shown while a training runs, to prepare the next one. */
	preparing = $state.raw(false);
	/** Pictures that the running training learns from in a second, once that is known. */
	rate = $state.raw<number | null>(null);
	/** Seconds until the pictures are read, once that is known. */
	readingLeft = $state.raw<number | null>(null);
	/** Told when a training has begun or ended. */
	onchange: () => void = () => {};
	readonly #logs = new InOrder();
	readonly #earlier = new InOrder();
	readonly #rate = new StepRate(() => performance.now());
	readonly #reading = new ReadingTime(() => performance.now());

	constructor(backend: Backend) {
		this.#backend = backend;
		this.plan = new TrainingPlan(backend, () => this.running);
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
		if (log.config) this.plan.config = log.config;
		this.waiting = log.waiting;
		// Events may be in the log and have arrived as well; those of epochs and steps only repeat themselves.
		const known = new Set(log.events.map((event) => JSON.stringify(event)));
		for (const event of early) if (!known.has(JSON.stringify(event))) this.#take(event);
		caughtUp = true;
		if (!this.plan.config) await this.plan.choosePreset(this.plan.preset);
	}

	disconnect(): void {
		this.#stop?.();
	}

	/** Asks whether the latest training, of the project or without one, can go on. */
	async lookForEarlier(): Promise<void> {
		const answer = await this.#earlier.ask(() => answered(this.#backend.resumableTraining()));
		if (answer === undefined) return;
		// A project that cannot be read says so elsewhere; here there is just nothing to go on with.
		this.resumable = answer.status === "ok" ? answer.data : null;
	}

	async start(): Promise<void> {
		const config = this.plan.config;
		if (config) await this.#begin(() => this.#backend.startTraining(this.plan.source, config));
	}

	/** Goes on with the training that ended early; with a learning rate, in steps of that size. */
	async resume(learningRate: number | null = null, run: RunId | undefined = this.resumable?.run): Promise<void> {
		if (run) await this.#begin(() => this.#backend.resumeTraining(run, learningRate));
	}

	/** Trains once more on the pictures and settings of an earlier training. */
	async repeat(run: RunId): Promise<void> {
		await this.#begin(() => this.#backend.repeatTraining(run));
	}

	async #begin(command: () => ReturnType<Backend["startTraining"]>): Promise<void> {
		if (this.starting) return;
		this.starting = true;
		this.error = null;
		const [before, waits] = [this.#state, this.running];
		if (!waits) {
			this.cancelling = false;
			this.before = null;
			this.#state = { kind: "preparing", done: 0, total: 0 };
		}
		const answer = await answered(command());
		this.starting = false;
		if (answer.status === "ok") {
			this.preparing = false;
			const log = await this.#lookAtQueue();
			// It waits for a study or tuning.
			if (!waits && !log.running && log.experiment !== null) this.#state = before;
			return;
		}
		if (!waits) this.#state = before;
		this.error = answer.error.message;
	}

	async #lookAtQueue(): Promise<TrainingLog> {
		const call = this.#backend.trainingLog();
		const newest = await this.#logs.ask(() => call);
		if (newest) this.waiting = newest.waiting;
		return await call;
	}

	/** Forgets a training that waits. */
	async drop(number: number): Promise<void> {
		await this.#backend.cancelWaiting(number);
		await this.#lookAtQueue();
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
		const earlier = this.#state;
		this.#state = afterEvent(earlier, event);
		this.rate = this.#rate.after(event, this.plan.config?.batchSize ?? 0);
		this.readingLeft = this.#reading.after(event);
		if (this.running) {
			if (!isRunning(earlier)) this.#nextBegins(earlier);
			if (event.event === "started") this.onchange();
			return;
		}
		this.cancelling = false;
		void this.lookForEarlier();
		this.onchange();
	}

	/** One that waited begins: what came out of the one before must not be missed. */
	#nextBegins(earlier: TrainingState): void {
		if (earlier.kind === "idle") this.before = null;
		else if (earlier.kind === "finished") this.before = accuracyInWords(earlier.summary.valAccuracy);
		else this.before = earlier.kind === "failed" ? earlier.message : t("training.cancelled");
		void this.#lookAtQueue().then(({ config }) => {
			if (config) this.plan.config = config;
		});
	}
}

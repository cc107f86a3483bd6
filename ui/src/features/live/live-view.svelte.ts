// What the live window knows and does; the components show it.

import { answered, type Backend, type LiveFrame } from "../../backend";
import type { CategoryView, LiveResult, LiveStatus, ModelView } from "../../bindings";
import { categoryOfDigit, type DigitKey } from "../../shared/category-keys";
import { t } from "../../shared/messages";
import { Remembered } from "../../shared/remembered.svelte";
import { Toasts } from "../../shared/toasts.svelte";
import { Bursts } from "./burst";
import { chosenFace } from "./choose-face";
import { FrameLoop } from "./frame-loop";
import { FrameRate } from "./frame-rate";
import { LiveSource } from "./live-source.svelte";

const isShare = (value: number) => value >= 0 && value <= 1;

export class LiveView {
	readonly backend: Backend;
	readonly source: LiveSource;
	readonly toasts = new Toasts();
	readonly mirrored = new Remembered<boolean>("live.mirrored", false);
	readonly minConfidence = new Remembered<number>("live.minConfidence", 0.6, isShare);
	model = $state.raw<ModelView | null>(null);
	status = $state.raw<LiveStatus>({ state: "stopped", message: null, retrySeconds: null });
	result = $state.raw<LiveResult | null>(null);
	categories = $state.raw<readonly CategoryView[] | null>(null);
	frozen = $state(false);
	fullScreen = $state(false);
	collecting = $state(false);
	collected = $state(0);
	/** Faces saved in this window, by category. */
	saved = $state.raw<Readonly<Record<string, number>>>({});
	rate = $state(0);
	clicked = $state.raw<number | null>(null);
	readonly active = $derived(["running", "opening", "waiting"].includes(this.status.state));
	readonly chosen = $derived(chosenFace(this.result, this.clicked));
	/** Whether the user has started it and not stopped it. */
	#wanted = false;
	readonly #frameRate = new FrameRate();
	readonly #loop: FrameLoop;
	readonly #bursts = new Bursts({ save: (digit, burst, after) => this.#save(digit, burst, after) });

	/** `paint` shows a frame on the screen, unless it is not `wanted` any more, and says whether it did. */
	constructor(backend: Backend, paint: (frame: LiveFrame, wanted: () => boolean) => Promise<boolean>) {
		this.backend = backend;
		this.source = new LiveSource(backend);
		this.#loop = new FrameLoop({
			next: (after) => backend.liveFrame(after),
			show: async (frame, wanted) => {
				if (!(await paint(frame, wanted))) return;
				this.result = frame.result;
				this.rate = this.#frameRate.add(performance.now());
			},
			failed: (message) => this.#failed(message),
			schedule: (callback) => requestAnimationFrame(callback),
		});
	}

	/** Begins to listen; the answer stops that. */
	open(): () => void {
		const { events } = this.backend;
		const stops = [
			events.liveStatus.listen(({ payload }) => this.#told(payload)),
			events.modelChanged.listen(({ payload }) => {
				this.model = payload.model;
				// The newly trained model is tried at once: the way from the camera to labels and back is a circle.
				if (this.active) void this.start();
			}),
			events.frameSaved.listen(({ payload }) => {
				this.categories = payload.saved.categories;
				if (payload.collected) this.collected += 1;
			}),
			events.collectingFailed.listen(({ payload }) => this.toasts.show("error", payload.message)),
		];
		void this.source.find();
		void this.refresh();
		void this.backend.currentModel().then((current) => {
			this.model = current;
		});
		return () => {
			this.#loop.stop();
			for (const stop of stops) void stop.then((off) => off());
		};
	}

	/** Asks for the categories of the project that is open now. */
	async refresh(): Promise<void> {
		const answer = await answered(this.backend.liveCategories());
		if (answer.status === "ok") this.categories = answer.data;
	}

	#told(next: LiveStatus): void {
		// Told before the user stopped, or started anew, and heard only now.
		if (!this.#wanted || next.state === "stopped") return;
		this.status = next;
		if (next.state === "ended" || next.state === "failed") this.#loop.stop();
	}

	#failed(message: string): void {
		this.status = { state: "failed", message, retrySeconds: null };
	}

	async start(): Promise<void> {
		const choice = this.source.choice;
		if (!choice || !this.source.ready) return;
		this.#loop.stop();
		this.#wanted = true;
		this.status = { state: "opening", message: null, retrySeconds: null };
		this.frozen = false;
		// What the last source showed is no face of this one: nothing to freeze, to save or to choose yet.
		this.result = null;
		this.clicked = null;
		this.#frameRate.clear();
		const answer = await answered(this.backend.startLive(choice, this.source.detector.value, this.minConfidence.value));
		if (answer.status === "error") return this.#failed(answer.error.message);
		this.#loop.start();
		if (this.collecting) await this.collect(true);
	}

	async stop(): Promise<void> {
		this.#loop.stop();
		this.#wanted = false;
		this.frozen = false;
		this.status = { state: "stopped", message: null, retrySeconds: null };
		await this.backend.stopLive();
	}

	freeze(): void {
		if (!this.result || !this.active) return;
		this.frozen = !this.frozen;
		if (this.frozen) this.#loop.stop();
		else this.#loop.start();
	}

	async setMinConfidence(value: number): Promise<void> {
		this.minConfidence.value = value;
		await this.backend.setLiveConfidence(value);
	}

	async showFullScreen(on: boolean): Promise<void> {
		const answer = await answered(this.backend.setLiveFullScreen(on));
		if (answer.status === "ok") this.fullScreen = on;
	}

	async collect(on: boolean): Promise<void> {
		this.collecting = on;
		if (!this.active) return;
		const answer = await answered(this.backend.collectDoubts(on));
		if (answer.status === "ok") return;
		this.collecting = false;
		this.toasts.show("error", answer.error.message);
	}

	async snapshot(png: string): Promise<void> {
		const answer = await answered(this.backend.saveSnapshot(png));
		if (answer.status === "error") this.toasts.show("error", answer.error.message);
		else this.toasts.show("done", t("live.snapshotSaved", { path: answer.data }));
	}

	key(key: DigitKey, repeats: boolean): void {
		void this.#bursts.down(key, repeats);
	}

	keyUp(key: string): void {
		this.#bursts.up(key);
	}

	async #save(digit: DigitKey, burst: number, after: number): Promise<number | null> {
		const category = categoryOfDigit(digit, this.categories ?? []);
		const [frame, face] = [this.result?.frame ?? 0, this.chosen];
		if (!category || !face || frame <= after) return null;
		const answer = await answered(this.backend.saveLiveFace(frame, face.track, category.id, burst));
		if (answer.status === "error") {
			this.toasts.show("error", answer.error.message);
			return null;
		}
		this.saved = { ...this.saved, [category.id]: (this.saved[category.id] ?? 0) + 1 };
		return frame;
	}
}

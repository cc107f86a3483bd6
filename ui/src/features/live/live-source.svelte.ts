// Where the pictures come from: what there is, what is chosen, what was chosen last time.

import { answered, type Backend } from "../../backend";
import type { CameraView, DetectorView, LiveChoice } from "../../bindings";
import { Remembered } from "../../shared/remembered.svelte";
import { choiceOf, isSourceField, type SourceField, sourceReady } from "./source";

export class LiveSource {
	readonly #backend: Backend;
	readonly #last = new Remembered<string>("live.source", "", isSourceField);
	readonly address = new Remembered<string>("live.address", "");
	readonly detector = new Remembered<string>("detector", "centerface");
	cameras = $state.raw<readonly CameraView[]>([]);
	detectors = $state.raw<readonly DetectorView[]>([]);
	video = $state.raw<string | null>(null);
	#field = $state.raw<SourceField>("file");
	readonly problem = $derived(this.detectors.find((d) => d.id === this.detector.value)?.problem ?? null);
	readonly ready = $derived(sourceReady(this.#field, this.video, this.address.value) && this.problem === null);

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	get field(): SourceField {
		return this.#field;
	}

	set field(field: SourceField) {
		this.#field = field;
		this.#last.value = field;
	}

	get choice(): LiveChoice | null {
		return choiceOf(this.#field, this.address.value);
	}

	/** Looks for what there is, and chooses what was chosen last time, or the first camera. */
	async find(): Promise<void> {
		const found = await this.#backend.detectors();
		this.detectors = found;
		if (!found.some((d) => d.id === this.detector.value)) this.detector.value = found[0]?.id ?? "centerface";
		this.video = await this.#backend.lastVideo();
		await this.findCameras();
		const last = this.#last.value;
		const first = this.cameras[0];
		if (last === "file" || last === "url" || this.cameras.some(({ index }) => last === `camera:${index}`))
			this.#field = last as SourceField;
		else if (first) this.#field = `camera:${first.index}`;
	}

	async findCameras(): Promise<void> {
		this.cameras = await this.#backend.cameras();
		const chosen = this.#field;
		if (chosen.startsWith("camera:") && !this.cameras.some(({ index }) => chosen === `camera:${index}`)) {
			const first = this.cameras[0];
			this.#field = first ? `camera:${first.index}` : "file";
		}
	}

	/** Asks for a video file; the answer is what went wrong. */
	async chooseVideo(): Promise<string | null> {
		const answer = await answered(this.#backend.chooseVideo());
		if (answer.status === "error") return answer.error.message;
		if (answer.data !== null) this.video = answer.data;
		return null;
	}
}

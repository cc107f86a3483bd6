// Images read before they are asked for, so that the next one is on the screen in the frame after the key.

import { answered, type Backend } from "../backend";
import type { ImageId, ImageView } from "../bindings";
import type { PictureLoader } from "../features/canvas/picture";

export class ReadAhead {
	readonly #backend: Pick<Backend, "lookAtImage">;
	readonly #pictures: PictureLoader;
	/** What was read; null while it is being read, or where it could not be. */
	readonly #views = new Map<ImageId, ImageView | null>();
	/** The latest reading of each image: an earlier one that answers late is out of date. */
	readonly #readings = new Map<ImageId, symbol>();

	constructor(backend: Pick<Backend, "lookAtImage">, pictures: PictureLoader) {
		this.#backend = backend;
		this.#pictures = pictures;
	}

	/** Reads these images, the first one first, and forgets all others. */
	look(ids: readonly ImageId[]): void {
		for (const id of this.#views.keys()) if (!ids.includes(id)) this.#views.delete(id);
		for (const id of ids) {
			this.#pictures.preview(id).catch(() => {});
			if (!this.#views.has(id)) void this.#read(id);
		}
	}

	/** The image as it was read, or null. It may have changed since: its revision tells. */
	take(id: ImageId): ImageView | null {
		const view = this.#views.get(id) ?? null;
		this.#views.delete(id);
		return view;
	}

	/** What was read of these images is out of date. */
	changed(ids: readonly ImageId[]): void {
		for (const id of ids) if (this.#views.has(id)) void this.#read(id);
	}

	forget(): void {
		this.#views.clear();
	}

	async #read(id: ImageId): Promise<void> {
		const reading = Symbol(id);
		this.#readings.set(id, reading);
		this.#views.set(id, null);
		const answer = await answered(this.#backend.lookAtImage(id));
		const latest = this.#readings.get(id) === reading;
		if (latest) this.#readings.delete(id);
		if (latest && this.#views.has(id) && answer.status === "ok") this.#views.set(id, answer.data);
	}
}

// The pixels that the canvas shows: a preview at once, the full picture when one zooms past it, the neighbours
// ahead of time.

import { type Backend, PREVIEW_SIDE } from "../../backend";
import type { ImageId, ImageSize } from "../../bindings";

type Loaded = { readonly id: ImageId; readonly image: ImageBitmap };
export type PictureSource = Pick<Backend, "imageUrl">;

const KEPT_PREVIEWS = 7;

export class PictureLoader {
	readonly #source: PictureSource;
	readonly #previews = new Map<ImageId, Promise<ImageBitmap>>();
	#full: Loaded | null = null;
	#wanted: ImageId | null = null;

	constructor(source: PictureSource) {
		this.#source = source;
	}

	preview(id: ImageId): Promise<ImageBitmap> {
		const known = this.#previews.get(id);
		if (known) return known;
		const loading = load(this.#source.imageUrl(id, PREVIEW_SIDE));
		this.#previews.set(id, loading);
		loading.catch(() => this.#previews.delete(id));
		for (const old of this.#previews.keys()) {
			if (this.#previews.size <= KEPT_PREVIEWS) break;
			this.#previews.delete(old);
		}
		return loading;
	}

	/** The full picture, once: null when it is no larger than the preview or another one is wanted meanwhile. */
	async full(id: ImageId, size: ImageSize): Promise<ImageBitmap | null> {
		if (Math.max(size.width, size.height) <= PREVIEW_SIDE || this.#wanted === id) return null;
		if (this.#full?.id === id) return this.#full.image;
		this.#wanted = id;
		const image = await load(this.#source.imageUrl(id)).catch(() => null);
		if (this.#wanted !== id) return null;
		this.#wanted = null;
		if (image) this.#full = { id, image };
		return image;
	}

	/** Another image is shown: one full picture in memory is enough. */
	leave(): void {
		this.#wanted = null;
		this.#full = null;
	}

	forget(): void {
		this.leave();
		this.#previews.clear();
	}
}

/** Decoded for good: web views throw the pixels of an image away that is not on the page, and decode it anew to paint. */
async function load(url: string): Promise<ImageBitmap> {
	const image = new Image();
	image.src = url;
	await image.decode();
	return createImageBitmap(image);
}

// The picture on the canvas: first its preview, then, once that is stretched, the full one.

import type { ImageId, ImageSize } from "../../bindings";
import type { PictureLoader } from "./picture";

export type PictureHost = { changed(): void; failed(id: ImageId): void };

export class ShownPicture {
	readonly #loader: PictureLoader;
	readonly #host: PictureHost;
	#id: ImageId | null = null;
	#image: ImageBitmap | null = null;
	#sharpening: ImageId | null = null;
	/** What was last asked for, for a preview that arrives later. */
	#wanted: { size: ImageSize; scale: number } | null = null;

	constructor(loader: PictureLoader, host: PictureHost) {
		this.#loader = loader;
		this.#host = host;
	}

	get id(): ImageId | null {
		return this.#id;
	}

	get image(): ImageBitmap | null {
		return this.#image;
	}

	show(id: ImageId | null): void {
		this.#id = id;
		this.#image = null;
		this.#sharpening = null;
		this.#wanted = null;
		this.#loader.leave();
		if (id !== null) void this.#loadPreview(id);
	}

	/** The full picture is on its way, because the preview is stretched. */
	get sharpening(): boolean {
		return this.#sharpening !== null && this.#sharpening === this.#id;
	}

	/** `scale`: device pixels for one image pixel. */
	sharpen(size: ImageSize, scale: number): void {
		this.#wanted = { size, scale };
		const [id, image] = [this.#id, this.#image];
		if (id === null || image === null || this.sharpening) return;
		if (image.width >= Math.min(size.width, scale * size.width)) return;
		this.#sharpening = id;
		this.#host.changed();
		void this.#loader.full(id, size).then((full) => {
			if (this.#sharpening === id) this.#sharpening = null;
			if (full && this.#id === id) this.#image = full;
			this.#host.changed();
		});
	}

	async #loadPreview(id: ImageId): Promise<void> {
		try {
			const preview = await this.#loader.preview(id);
			if (this.#id !== id) return;
			this.#image ??= preview;
			this.#host.changed();
			if (this.#wanted) this.sharpen(this.#wanted.size, this.#wanted.scale);
		} catch {
			if (this.#id === id) this.#host.failed(id);
		}
	}
}

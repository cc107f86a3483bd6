// What crops looked like that were saved last, for the next time.

import type { CropLook, ProjectPreferences, SquareRule } from "../bindings";
import { type CropLookForm, isWhole, MAX_QUALITY, MAX_SIDE, MIN_QUALITY, MIN_SIDE, SQUARES } from "../shared/crop-look";
import { Remembered } from "../shared/remembered.svelte";

export class KeptLook {
	readonly #side = new Remembered<number>("crops.side", 240, (side) => isWhole(side, MIN_SIDE, MAX_SIDE));
	readonly #square = new Remembered<string>("crops.square", "grow", (rule) => SQUARES.some((known) => known === rule));
	readonly #format = new Remembered<string>("crops.format", "png", (format) => format === "jpeg");
	readonly #quality = new Remembered<number>("crops.quality", 90, (n) => isWhole(n, MIN_QUALITY, MAX_QUALITY));
	readonly #preferences: () => ProjectPreferences | null;

	constructor(preferences: () => ProjectPreferences | null) {
		this.#preferences = preferences;
	}

	/** As the project prefers, or as the last crops. */
	get form(): CropLookForm {
		const preferred = this.#preferences();
		return {
			side: preferred?.cropSide ?? this.#side.value,
			square: preferred?.square ?? (this.#square.value as SquareRule),
			format: this.#format.value === "jpeg" ? "jpeg" : "png",
			quality: this.#quality.value,
		};
	}

	keep({ side, square, format }: CropLook): void {
		this.#side.value = side;
		this.#square.value = square;
		this.#format.value = format.kind;
		if (format.kind === "jpeg") this.#quality.value = format.quality;
	}
}

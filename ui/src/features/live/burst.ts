// A key that saves a face: once, or again and again while it is held. One frame is saved at a time, and none twice, so a
// slow disk saves fewer frames instead of falling behind.

import type { DigitKey } from "../../shared/category-keys";

export type BurstHost = {
	/** Saves a face of the frame that is shown now; returns the frame's number, or null when there is none to save. */
	save(key: DigitKey, burst: number, after: number): Promise<number | null>;
};

export class Bursts {
	readonly #host: BurstHost;
	#burst = 0;
	#held: DigitKey | null = null;
	#saving = false;
	#last = 0;

	constructor(host: BurstHost) {
		this.#host = host;
	}

	/** A key went down, or repeats because it is held. */
	async down(key: DigitKey, repeats: boolean): Promise<void> {
		if (!repeats || this.#held !== key) {
			if (this.#saving) return;
			this.#burst += 1;
			this.#held = key;
			this.#last = 0;
		}
		if (this.#saving) return;
		this.#saving = true;
		try {
			this.#last = (await this.#host.save(key, this.#burst, this.#last)) ?? this.#last;
		} finally {
			this.#saving = false;
		}
	}

	up(key: string): void {
		if (this.#held === key) this.#held = null;
	}
}

// Pulls live frames: one request at a time, the next one on the next animation frame, so that a slow screen skips
// frames instead of falling behind.

import type { LiveFrame } from "../../backend";

export type FrameLoopHost = {
	next(after: number): Promise<LiveFrame | null>;
	/** Shows it, unless it is no longer `wanted` once it is ready to be shown: the loop was stopped meanwhile. */
	show(frame: LiveFrame, wanted: () => boolean): Promise<void>;
	failed(message: string): void;
	/** Calls back before the screen is painted next. */
	schedule(callback: () => void): void;
};

export class FrameLoop {
	readonly #host: FrameLoopHost;
	/** Each start makes an older loop end at its next turn. */
	#generation = 0;
	#after = 0;

	constructor(host: FrameLoopHost) {
		this.#host = host;
	}

	start(): void {
		this.#after = 0;
		const generation = ++this.#generation;
		this.#host.schedule(() => void this.#turn(generation));
	}

	stop(): void {
		this.#generation += 1;
	}

	async #turn(generation: number): Promise<void> {
		if (generation !== this.#generation) return;
		try {
			const frame = await this.#host.next(this.#after);
			if (generation !== this.#generation) return;
			if (frame) {
				this.#after = frame.result.frame;
				await this.#host.show(frame, () => generation === this.#generation);
			}
		} catch (thrown) {
			if (generation === this.#generation) this.#host.failed(thrown instanceof Error ? thrown.message : String(thrown));
			return;
		}
		this.#host.schedule(() => void this.#turn(generation));
	}
}

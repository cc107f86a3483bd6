// The picture with all boxes that stand still, painted once and then copied: a frame in which one box follows the
// pointer costs one copy and one rectangle, however many boxes and pixels there are.

import { paintStill, type StillScene } from "./paint-still";

export class Backdrop {
	readonly #canvas = document.createElement("canvas");
	readonly #context = this.#canvas.getContext("2d", { alpha: false });
	#shown: StillScene | null = null;

	paint(target: CanvasRenderingContext2D, scene: StillScene): void {
		const context = this.#context;
		if (!context) {
			paintStill(target, scene);
			return;
		}
		if (!this.#shown || !sameStill(this.#shown, scene)) {
			const { width, height } = target.canvas;
			if (this.#canvas.width !== width) this.#canvas.width = width;
			if (this.#canvas.height !== height) this.#canvas.height = height;
			paintStill(context, scene);
			this.#shown = scene;
		}
		target.setTransform(1, 0, 0, 1, 0, 0);
		target.drawImage(this.#canvas, 0, 0);
	}
}

const SAME = ["stage", "pixelRatio", "view", "picture", "annotations", "categories", "palette"] as const;

/** Everything in a scene is replaced and never changed, so identity is enough; lists of ids are compared. */
function sameStill(a: StillScene, b: StillScene): boolean {
	return SAME.every((key) => a[key] === b[key]) && sameIds(a.selected, b.selected) && sameIds(a.drafted, b.drafted);
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((id, index) => id === b[index]);
}

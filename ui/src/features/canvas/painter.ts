// When the canvas is painted: at most once in a frame of the screen, and only when something asked for it.

import type { CategoryView } from "../../bindings";
import { Backdrop } from "./backdrop";
import type { Palette } from "./paint-still";
import { paint, type Scene } from "./render";

/** What the painter does not know itself. */
export type PaintedScene = Omit<Scene, "categories" | "palette">;

export class Painter {
	readonly #canvas: HTMLCanvasElement;
	readonly #context: CanvasRenderingContext2D | null;
	readonly #backdrop = new Backdrop();
	readonly #scene: () => PaintedScene;
	#categories: ReadonlyMap<string, CategoryView> = new Map();
	#palette: Palette = { ground: "#141517", accent: "#8c9bff", bad: "#b3372e", font: "12px sans-serif" };
	#frame = 0;

	/** `scene`: asked when a frame is painted. */
	constructor(canvas: HTMLCanvasElement, scene: () => PaintedScene) {
		this.#canvas = canvas;
		this.#context = canvas.getContext("2d", { alpha: false });
		this.#scene = scene;
	}

	set categories(categories: readonly CategoryView[]) {
		this.#categories = new Map(categories.map((category) => [category.id, category]));
		this.redraw();
	}

	set palette(palette: Palette) {
		this.#palette = palette;
		this.redraw();
	}

	/** In device pixels. Clears the canvas: whoever resizes it paints at once, so that it does not flash. */
	resize(width: number, height: number): void {
		this.#canvas.width = Math.max(1, Math.round(width));
		this.#canvas.height = Math.max(1, Math.round(height));
	}

	redraw(): void {
		if (this.#frame) return;
		this.#frame = requestAnimationFrame(() => {
			this.#frame = 0;
			this.paintNow();
		});
	}

	paintNow(): void {
		if (!this.#context) return;
		const scene = { ...this.#scene(), categories: this.#categories, palette: this.#palette };
		paint(this.#context, scene, this.#backdrop);
	}

	destroy(): void {
		cancelAnimationFrame(this.#frame);
	}
}

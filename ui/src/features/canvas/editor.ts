// Joins the canvas element to the tools: events become points in image space, effects become changes of the
// store, and at most one frame is painted per animation frame.

import type { AnnotationId, BoundingBox, CategoryView, ImageId, ImageSize } from "../../bindings";
import { imagePoint, type ScreenPoint } from "../../geometry/points";
import type { BoxRejection } from "../../geometry/rules";
import { newUuid } from "../../shared/uuid";
import { type HitTarget, hitTest } from "./hit-test";
import type { PictureLoader } from "./picture";
import { listenToPointer, type PointerTarget } from "./pointer-events";
import { type Palette, paint } from "./render";
import { ShownPicture } from "./shown-picture";
import type { AnnotationStore } from "./store";
import { Toolbox, type ToolName } from "./toolbox";
import type { PointerInput, ToolEffect } from "./tools/tool";
import { ViewControl } from "./view-control";
import { imageFromScreen, type Stage, screenFromImage, screenRectOf } from "./viewport";

export type EditorHost = {
	openPopup(id: AnnotationId): void;
	closePopup(): void;
	rejected(rejection: BoxRejection, at: ScreenPoint): void;
	contextMenu(id: AnnotationId | null): void;
	/** Scale, place or tool changed. */
	viewChanged(): void;
	pictureFailed(id: ImageId): void;
};

const WHEEL_RATE = 0.0016;

export class Editor implements PointerTarget {
	readonly #canvas: HTMLCanvasElement;
	readonly #context: CanvasRenderingContext2D | null;
	readonly #store: AnnotationStore;
	readonly #picture: ShownPicture;
	readonly #host: EditorHost;
	readonly toolbox = new Toolbox();
	readonly view = new ViewControl(() => this.#viewChanged());
	#categories: ReadonlyMap<string, CategoryView> = new Map();
	#palette: Palette = { ground: "#141517", accent: "#8c9bff", font: "12px sans-serif" };
	#pointer: ScreenPoint | null = null;
	#nudge: { id: AnnotationId; bbox: BoundingBox } | null = null;
	#frame = 0;
	readonly #stop = new AbortController();

	constructor(canvas: HTMLCanvasElement, store: AnnotationStore, pictures: PictureLoader, host: EditorHost) {
		this.#canvas = canvas;
		this.#context = canvas.getContext("2d", { alpha: false });
		this.#store = store;
		this.#host = host;
		this.#picture = new ShownPicture(pictures, {
			changed: () => this.redraw(),
			failed: (id) => host.pictureFailed(id),
		});
		listenToPointer(canvas, this, this.#stop.signal);
		const unsubscribe = store.subscribe(() => this.#storeChanged());
		this.#stop.signal.addEventListener("abort", unsubscribe);
	}

	destroy(): void {
		this.#stop.abort();
		cancelAnimationFrame(this.#frame);
	}

	get size(): ImageSize | null {
		return this.#store.snapshot.image?.size ?? null;
	}

	get tool(): ToolName {
		return this.toolbox.tool;
	}

	set tool(name: ToolName) {
		this.toolbox.use(name);
		this.#updateCursor();
		this.#host.viewChanged();
		this.redraw();
	}

	set categories(categories: readonly CategoryView[]) {
		this.#categories = new Map(categories.map((category) => [category.id, category]));
		this.redraw();
	}

	set palette(palette: Palette) {
		this.#palette = palette;
		this.redraw();
	}

	/** Where a box is on the canvas, in CSS pixels. */
	screenRect(id: AnnotationId): BoundingBox | null {
		const annotation = this.#store.snapshot.annotations.find((a) => a.id === id);
		return annotation ? screenRectOf(this.view.viewport, annotation.bbox) : null;
	}

	/** Where an image pixel is in the window, in CSS pixels: for tests that move the real pointer. */
	clientFromImage(x: number, y: number): { x: number; y: number } {
		const rect = this.#canvas.getBoundingClientRect();
		const point = screenFromImage(this.view.viewport, imagePoint(x, y));
		return { x: rect.left + point.x, y: rect.top + point.y };
	}

	resize(stage: Stage): void {
		this.#canvas.width = Math.max(1, Math.round(stage.width * this.view.pixelRatio));
		this.#canvas.height = Math.max(1, Math.round(stage.height * this.view.pixelRatio));
		this.view.resize(stage);
		// Setting the size clears the canvas: painting now, not in the next frame, keeps it from flashing.
		this.#paint();
	}

	/** Drops whatever a tool is in the middle of; false when there was nothing to drop. */
	cancel(): boolean {
		const dropped = this.toolbox.cancel() || this.#nudge !== null;
		this.#nudge = null;
		this.redraw();
		return dropped;
	}

	/** Shows the selected box elsewhere while a key is held; `commitNudge` makes it so. */
	nudgeTo(id: AnnotationId, bbox: BoundingBox): void {
		this.#nudge = { id, bbox };
		this.redraw();
	}

	get nudged(): { id: AnnotationId; bbox: BoundingBox } | null {
		return this.#nudge;
	}

	commitNudge(): void {
		const nudge = this.#nudge;
		this.#nudge = null;
		if (nudge) this.#commit([{ kind: "setBox", ...nudge }], null, this.#cornerOnScreen(nudge.bbox));
	}

	holdPan(held: boolean): void {
		this.toolbox.spaceHeld = held;
		this.#updateCursor();
	}

	redraw(): void {
		if (this.#frame) return;
		this.#frame = requestAnimationFrame(() => {
			this.#frame = 0;
			this.#paint();
		});
	}

	press(at: ScreenPoint, middleButton: boolean): void {
		this.commitNudge();
		this.#host.closePopup();
		this.toolbox.begin(middleButton);
		this.#gesture("down", at);
	}

	move(at: ScreenPoint): void {
		this.#pointer = at;
		if (this.toolbox.busy) this.#gesture("move", at);
		else if (this.toolbox.drawing) this.redraw();
		this.#updateCursor();
	}

	release(at: ScreenPoint): void {
		this.#gesture("up", at);
	}

	abort(at: ScreenPoint): void {
		this.#gesture("cancel", at);
	}

	leave(): void {
		this.#pointer = null;
		this.redraw();
	}

	doubleClick(at: ScreenPoint): void {
		const target = this.#targetAt(at);
		if (target.kind !== "nothing") this.#host.openPopup(target.id);
	}

	menu(at: ScreenPoint | null): void {
		const target = at && this.#targetAt(at);
		if (target) this.#store.select(target.kind === "nothing" ? null : target.id);
		this.#host.contextMenu(this.#store.snapshot.selected);
	}

	wheel(at: ScreenPoint, pixels: number): void {
		this.view.zoomAt(at, Math.exp(-Math.max(-300, Math.min(300, pixels)) * WHEEL_RATE));
	}

	#storeChanged(): void {
		const { image } = this.#store.snapshot;
		if (this.#nudge && !this.#store.snapshot.annotations.some((a) => a.id === this.#nudge?.id)) this.#nudge = null;
		if ((image?.id ?? null) !== this.#picture.id) this.#showImage(image?.id ?? null);
		this.redraw();
	}

	#showImage(id: ImageId | null): void {
		this.toolbox.cancel();
		this.#picture.show(id);
		this.view.show(this.size);
	}

	#viewChanged(): void {
		if (this.size) this.#picture.sharpen(this.size, this.view.sharpness);
		this.redraw();
		this.#host.viewChanged();
	}

	#paint(): void {
		const { image, annotations, selected } = this.#store.snapshot;
		if (!this.#context) return;
		const draft = this.toolbox.draft ?? this.#nudge;
		paint(this.#context, {
			stage: this.view.stage,
			pixelRatio: this.view.pixelRatio,
			view: this.view.viewport,
			size: image?.size ?? { width: 1, height: 1 },
			picture: this.#picture.image,
			annotations,
			categories: this.#categories,
			selected,
			draft,
			crosshair: image && this.toolbox.drawing ? this.#pointer : null,
			palette: this.#palette,
		});
	}

	#gesture(kind: PointerInput["kind"], screen: ScreenPoint): void {
		if (!this.size) return;
		const input = { kind, screen, image: imageFromScreen(this.view.viewport, screen) };
		for (const effect of this.toolbox.input(input, this.#toolContext())) this.#perform(effect, screen);
		this.redraw();
	}

	#perform(effect: ToolEffect, at: ScreenPoint): void {
		switch (effect.kind) {
			case "select":
				this.#store.select(effect.id);
				return;
			case "commit":
				this.#commit(effect.changes, effect.popup, at);
				return;
			case "pan":
				this.view.pan(effect.dx, effect.dy);
				return;
			default:
				effect satisfies never;
		}
	}

	#commit(changes: Parameters<AnnotationStore["commit"]>[0], popup: AnnotationId | null, at: ScreenPoint): void {
		const rejection = this.#store.commit(changes);
		if (rejection) {
			this.#host.rejected(rejection, at);
		} else if (popup !== null) {
			this.#store.select(popup);
			this.#host.openPopup(popup);
		}
	}

	#targetAt(point: ScreenPoint): HitTarget {
		const { annotations, selected } = this.#store.snapshot;
		return hitTest(imageFromScreen(this.view.viewport, point), annotations, selected, this.view.viewport.scale);
	}

	#cornerOnScreen(box: BoundingBox): ScreenPoint {
		return screenFromImage(this.view.viewport, imagePoint(box.x2, box.y2));
	}

	#updateCursor(): void {
		const target: HitTarget = this.#pointer ? this.#targetAt(this.#pointer) : { kind: "nothing" };
		this.#canvas.style.cursor = this.toolbox.cursor(target);
	}

	#toolContext() {
		const { annotations, selected, image } = this.#store.snapshot;
		const size = image?.size ?? { width: 1, height: 1 };
		return { annotations, selected, size, scale: this.view.viewport.scale, newId: newUuid };
	}
}

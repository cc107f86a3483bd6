// Joins the canvas element to the tools: events become points in image space, effects become changes of the store,
// and what they show becomes a scene to paint.

import type { AnnotationId, BoundingBox, CategoryView, ImageId, ImageSize } from "../../bindings";
import { imagePoint, type ScreenPoint, screenPoint } from "../../geometry/points";
import { newUuid } from "../../shared/uuid";
import { type EffectHost, Effects } from "./effects";
import { type HitTarget, hitTest } from "./hit-test";
import { KeyEditing } from "./key-editing";
import type { Palette } from "./paint-still";
import { type PaintedScene, Painter } from "./painter";
import type { PictureLoader } from "./picture";
import { listenToPointer, type PointerTarget, type Press } from "./pointer-events";
import { type Readout, readoutOf } from "./readout";
import { ShownPicture } from "./shown-picture";
import type { AnnotationStore } from "./store";
import { Toolbox, type ToolName } from "./toolbox";
import type { Draft, PointerInput, ToolContext } from "./tools/tool";
import { ViewControl } from "./view-control";
import { imageFromScreen, type Stage, screenFromImage, screenRectOf } from "./viewport";
import type { WheelMeaning } from "./wheel";

export type EditorHost = EffectHost & {
	closePopup(): void;
	/** The selection is what the menu is for. */
	contextMenu(): void;
	/** Scale, place or tool changed. */
	viewChanged(): void;
	pictureFailed(id: ImageId): void;
	/** What the keys just did, for those who cannot see it. */
	say(text: string): void;
};

export class Editor implements PointerTarget {
	readonly #canvas: HTMLCanvasElement;
	readonly #store: AnnotationStore;
	readonly #picture: ShownPicture;
	readonly #host: EditorHost;
	readonly #painter: Painter;
	readonly #effects: Effects;
	readonly toolbox = new Toolbox();
	readonly view = new ViewControl(() => this.#viewChanged());
	readonly keys: KeyEditing;
	#pointer: ScreenPoint | null = null;
	#joins = false;
	#painted: ImageId | null = null;
	readonly #stop = new AbortController();

	constructor(canvas: HTMLCanvasElement, store: AnnotationStore, pictures: PictureLoader, host: EditorHost) {
		this.#canvas = canvas;
		this.#painter = new Painter(canvas, () => this.#scene());
		this.#store = store;
		this.#host = host;
		this.#effects = new Effects(store, this.view, host);
		this.keys = new KeyEditing(store, this.toolbox, this.view, this.#effects, { changed: () => this.#keysChanged() });
		this.#picture = new ShownPicture(pictures, {
			changed: () => {
				this.redraw();
				host.viewChanged();
			},
			failed: (id) => host.pictureFailed(id),
		});
		listenToPointer(canvas, this, this.#stop.signal);
		const unsubscribe = store.subscribe(() => this.#storeChanged());
		this.#stop.signal.addEventListener("abort", unsubscribe);
	}

	destroy(): void {
		this.#stop.abort();
		this.#painter.destroy();
	}

	get size(): ImageSize | null {
		return this.#store.snapshot.image?.size ?? null;
	}

	get tool(): ToolName {
		return this.toolbox.tool;
	}

	set tool(name: ToolName) {
		this.toolbox.use(this.fixed ? "select" : name);
		this.#updateCursor();
		this.#host.viewChanged();
		this.redraw();
	}

	/** Boxes can be looked at and chosen, but not changed. */
	get fixed(): boolean {
		return this.keys.fixed;
	}

	set fixed(fixed: boolean) {
		if (this.keys.fixed === fixed) return;
		this.keys.fixed = fixed;
		this.tool = fixed ? "select" : "draw";
	}

	set categories(categories: readonly CategoryView[]) {
		this.#painter.categories = categories;
	}

	set palette(palette: Palette) {
		this.#painter.palette = palette;
	}

	/** The image whose picture is on the canvas. */
	get painted(): ImageId | null {
		return this.#painted;
	}

	/** The preview is stretched and the full picture on its way. */
	get sharpening(): boolean {
		return this.#picture.sharpening;
	}

	/** Of the picture on the canvas: the image's own, or fewer while only its preview is there. */
	get pixelsAcross(): number | null {
		return this.#picture.image?.width ?? null;
	}

	/** The cross for drawing by keyboard appears, and the keys go to the canvas. */
	drawWithKeys(): void {
		this.takeKeys();
		this.keys.beginDrawing();
		this.#updateCursor();
	}

	/** The keys go to the canvas. */
	takeKeys(): void {
		this.#canvas.focus({ preventScroll: true });
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
		this.#painter.resize(stage.width * this.view.pixelRatio, stage.height * this.view.pixelRatio);
		this.view.resize(stage);
		this.#painter.paintNow();
	}

	/** Drops whatever a tool is in the middle of; false when there was nothing to drop. */
	cancel(): boolean {
		if (this.keys.drawing) {
			this.keys.draw({ kind: "escape" });
			return true;
		}
		const panning = this.toolbox.panning;
		// The picture goes back to where it was.
		if (panning) this.abort(screenPoint(0, 0));
		const [gesture, nudge] = [this.toolbox.cancel() || panning, this.keys.dropNudge()];
		this.#updateCursor();
		this.redraw();
		return gesture || nudge;
	}

	holdPan(held: boolean): void {
		this.toolbox.spaceHeld = held;
		this.#updateCursor();
		this.redraw();
	}

	redraw(): void {
		this.#painter.redraw();
	}

	press(at: ScreenPoint, { middleButton, joins }: Press): void {
		this.keys.commitNudge();
		// The picture must not move back under a gesture.
		this.view.stayAside();
		if (!middleButton) this.#host.closePopup();
		this.toolbox.begin(middleButton);
		this.#joins = joins;
		this.#gesture("down", at);
		this.#updateCursor();
		this.#host.viewChanged();
	}

	move(at: ScreenPoint): void {
		this.#pointer = at;
		if (this.toolbox.busy) this.#gesture("move", at);
		else if (this.toolbox.drawing) this.redraw();
		this.#updateCursor();
	}

	release(at: ScreenPoint): void {
		this.#gesture("up", at);
		this.#updateCursor();
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
		if (target.kind === "nothing") return;
		this.#store.select(target.id);
		if (!this.fixed) this.#host.openPopup(target.id);
	}

	menu(at: ScreenPoint | null): void {
		const { selected } = this.#store.snapshot;
		const target = at && this.#targetAt(at);
		if (target?.kind === "nothing") this.#store.select();
		else if (target && !selected.includes(target.id)) this.#store.select(target.id);
		this.#host.contextMenu();
	}

	wheel(at: ScreenPoint, meaning: WheelMeaning): void {
		if (meaning.kind === "zoom") this.view.zoomAt(at, meaning.factor);
		else this.view.pan(meaning.dx, meaning.dy);
	}

	#storeChanged(): void {
		const { image } = this.#store.snapshot;
		this.keys.forgetGone();
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

	#keysChanged(): void {
		const readout = this.readout;
		this.#host.viewChanged();
		if (readout) this.#host.say([readout.text, readout.reason].filter((part) => part !== null).join(", "));
		this.redraw();
	}

	get #drafts(): readonly Draft[] {
		const { drafts } = this.toolbox;
		return drafts.length > 0 ? drafts : this.keys.drafts;
	}

	/** What stands beside the box that is being drawn or moved. */
	get readout(): Readout | null {
		return readoutOf(this.#drafts, this.toolbox.cursorOfKeys, (changes) => this.#store.rejectionOf(changes));
	}

	#scene(): PaintedScene {
		const { image, annotations, selected } = this.#store.snapshot;
		const drafts = this.#drafts;
		const cursor = this.toolbox.cursorOfKeys;
		const pointer = this.toolbox.drawing ? this.#pointer : null;
		this.#painted = this.#picture.image && image ? image.id : null;
		return {
			stage: this.view.stage,
			pixelRatio: this.view.pixelRatio,
			view: this.view.viewport,
			size: image?.size ?? { width: 1, height: 1 },
			picture: this.#picture.image,
			annotations,
			selected: this.toolbox.banded(annotations) ?? selected,
			drafted: drafts.flatMap(({ id }) => id ?? []),
			drafts,
			fixed: this.fixed,
			band: this.toolbox.band,
			readout: this.readout,
			crosshair: image && (cursor ? screenFromImage(this.view.viewport, cursor) : pointer),
		};
	}

	#gesture(kind: PointerInput["kind"], screen: ScreenPoint): void {
		if (!this.size) return;
		const image = imageFromScreen(this.view.viewport, screen);
		const input = { kind, screen, image, joins: this.#joins };
		for (const effect of this.toolbox.input(input, this.#toolContext())) this.#effects.perform(effect, screen);
		this.redraw();
	}

	#targetAt(point: ScreenPoint): HitTarget {
		const { annotations, selected } = this.#store.snapshot;
		return hitTest(imageFromScreen(this.view.viewport, point), annotations, selected, this.view.viewport.scale);
	}

	#updateCursor(): void {
		const target: HitTarget = this.#pointer ? this.#targetAt(this.#pointer) : { kind: "nothing" };
		this.#canvas.style.cursor = this.toolbox.cursor(this.fixed ? { kind: "nothing" } : target);
	}

	#toolContext(): ToolContext {
		const { annotations, selected, image } = this.#store.snapshot;
		const size = image?.size ?? { width: 1, height: 1 };
		return { annotations, selected, size, scale: this.view.viewport.scale, fixed: this.fixed, newId: newUuid };
	}
}

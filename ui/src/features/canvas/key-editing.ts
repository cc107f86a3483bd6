// What the arrow keys do on the canvas: they nudge the selected boxes, or move the cross that draws a new one.

import { imagePoint, type ScreenPoint } from "../../geometry/points";
import { newUuid } from "../../shared/uuid";
import type { Effects } from "./effects";
import type { AnnotationStore } from "./store";
import type { Toolbox } from "./toolbox";
import type { KeyDrawInput } from "./tools/key-draw";
import { type Nudged, type NudgeKind, nudged } from "./tools/nudge";
import type { Draft } from "./tools/tool";
import type { ViewControl } from "./view-control";
import { screenFromImage } from "./viewport";

/** `changed`: after each key, for painting and for saying it. */
export type KeyHost = { changed(): void };

export class KeyEditing {
	readonly #store: AnnotationStore;
	readonly #toolbox: Toolbox;
	readonly #view: ViewControl;
	readonly #effects: Effects;
	readonly #host: KeyHost;
	#nudged: readonly Nudged[] = [];
	/** Boxes can be looked at, but not changed. */
	fixed = false;

	constructor(store: AnnotationStore, toolbox: Toolbox, view: ViewControl, effects: Effects, host: KeyHost) {
		this.#store = store;
		this.#toolbox = toolbox;
		this.#view = view;
		this.#effects = effects;
		this.#host = host;
	}

	/** Boxes that are shown elsewhere while an arrow is held. */
	get drafts(): readonly Draft[] {
		return this.#nudged;
	}

	/** Moves or resizes the selected boxes; false when there are none. `commitNudge` makes it so. */
	nudge(kind: NudgeKind, dx: number, dy: number): boolean {
		const { image } = this.#store.snapshot;
		const boxes = this.#nudged.length > 0 ? this.#nudged : this.#store.selectedAnnotations;
		if (!image || boxes.length === 0 || this.fixed) return false;
		this.#nudged = nudged(boxes, kind, dx, dy, image.size).map(({ id, bbox }) => ({ id, bbox }));
		const [first] = this.#nudged;
		if (first) this.#view.reveal(first.bbox);
		this.#host.changed();
		return true;
	}

	commitNudge(): void {
		const moved = this.#nudged;
		this.#nudged = [];
		const [first] = moved;
		if (!first) return;
		const changes = moved.map(({ id, bbox }) => ({ kind: "setBox", id, bbox }) as const);
		this.#effects.commit(changes, null, this.#onScreen(first.bbox.x2, first.bbox.y2));
		this.#host.changed();
	}

	/** False when there was nothing to drop. */
	dropNudge(): boolean {
		const dropped = this.#nudged.length > 0;
		this.#nudged = [];
		return dropped;
	}

	/** Boxes may have gone meanwhile. */
	forgetGone(): void {
		const { annotations } = this.#store.snapshot;
		if (!this.#nudged.every(({ id }) => annotations.some((a) => a.id === id))) this.#nudged = [];
	}

	/** The cross for a new box appears. */
	beginDrawing(): void {
		const { visible } = this.#view;
		if (!visible || this.fixed) return;
		this.#store.select();
		this.#toolbox.beginKeys(visible);
		this.#host.changed();
	}

	get drawing(): boolean {
		return this.#toolbox.cursorOfKeys !== null;
	}

	/** The first corner is set, and the arrows span the box. */
	get spanning(): boolean {
		return this.drawing && this.#toolbox.drafts.length > 0;
	}

	draw(input: KeyDrawInput): void {
		const { image, annotations, selected } = this.#store.snapshot;
		const before = this.#toolbox.cursorOfKeys;
		if (!image || !before) return;
		const { scale } = this.#view.viewport;
		const context = { annotations, selected, size: image.size, scale, fixed: this.fixed, newId: newUuid };
		const at = this.#onScreen(before.x, before.y);
		this.#toolbox.keyInput(input, context, (effect) => this.#effects.perform(effect, at));
		const cursor = this.#toolbox.cursorOfKeys;
		if (cursor) this.#view.reveal({ x1: cursor.x, y1: cursor.y, x2: cursor.x, y2: cursor.y });
		this.#host.changed();
	}

	#onScreen(x: number, y: number): ScreenPoint {
		return screenFromImage(this.#view.viewport, imagePoint(x, y));
	}
}

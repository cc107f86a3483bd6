// Which tool hears the pointer: the chosen one, or panning while Space or the middle button is held. Beside them the
// cross that the keyboard draws with.

import type { AnnotationId, BoundingBox } from "../../bindings";
import type { ImagePoint } from "../../geometry/points";
import type { HitTarget } from "./hit-test";
import { type DrawBoxState, drawBoxDrafts, drawBoxTool, drawIdle } from "./tools/draw-box";
import {
	type KeyDrawInput,
	type KeyDrawState,
	keyDrawDrafts,
	keyDrawOff,
	keyDrawStarted,
	keyDrawTool,
} from "./tools/key-draw";
import { type PanState, panIdle, panTool } from "./tools/pan";
import { bandedIds, type SelectState, selectBand, selectDrafts, selectIdle, selectTool } from "./tools/select";
import type { Draft, PointerInput, ToolContext, ToolEffect } from "./tools/tool";

export type ToolName = "draw" | "select";

const HANDLE_CURSORS = {
	nw: "nwse-resize",
	se: "nwse-resize",
	ne: "nesw-resize",
	sw: "nesw-resize",
	n: "ns-resize",
	s: "ns-resize",
	e: "ew-resize",
	w: "ew-resize",
} as const;

export class Toolbox {
	#tool: ToolName = "draw";
	#draw: DrawBoxState = drawIdle;
	#select: SelectState = selectIdle;
	#pan: PanState = panIdle;
	#keys: KeyDrawState = keyDrawOff;
	#lastCursor: ImagePoint | null = null;
	#panning = false;
	spaceHeld = false;

	get tool(): ToolName {
		return this.#tool;
	}

	use(tool: ToolName): void {
		this.cancel();
		this.#tool = tool;
	}

	get drafts(): readonly Draft[] {
		if (this.#keys.kind !== "off") return keyDrawDrafts(this.#keys);
		return this.#tool === "draw" ? drawBoxDrafts(this.#draw) : selectDrafts(this.#select);
	}

	/** The rubber band, in image pixels. */
	get band(): BoundingBox | null {
		return selectBand(this.#select);
	}

	/** What the rubber band would select now; null without one. */
	banded(annotations: ToolContext["annotations"]): readonly AnnotationId[] | null {
		return bandedIds(this.#select, annotations);
	}

	/** In the middle of a gesture of the pointer. */
	get busy(): boolean {
		return this.#draw.kind !== "idle" || this.#select.kind !== "idle" || this.#pan.kind !== "idle";
	}

	/** Whether the picture is being dragged. */
	get panning(): boolean {
		return this.#pan.kind === "panning";
	}

	/** Whether pressing now would draw. */
	get drawing(): boolean {
		return this.#tool === "draw" && !this.#panning && !this.spaceHeld && this.#keys.kind === "off";
	}

	/** The cross of the keyboard, in image pixels; null while it is away. */
	get cursorOfKeys(): ImagePoint | null {
		return this.#keys.kind === "off" ? null : this.#keys.cursor;
	}

	/** A gesture begins. */
	begin(middleButton: boolean): void {
		this.#keys = keyDrawOff;
		this.#panning = middleButton || this.spaceHeld;
	}

	input(input: PointerInput, context: ToolContext): readonly ToolEffect[] {
		if (this.#panning) {
			const step = panTool(this.#pan, input);
			this.#pan = step.state;
			if (step.state.kind === "idle") this.#panning = false;
			return step.effects;
		}
		if (this.#tool === "draw") {
			const step = drawBoxTool(this.#draw, input, context);
			this.#draw = step.state;
			return step.effects;
		}
		const step = selectTool(this.#select, input, context);
		this.#select = step.state;
		return step.effects;
	}

	/** The cross for drawing by keyboard appears. */
	beginKeys(visible: BoundingBox): void {
		this.#keys = keyDrawStarted(this.#lastCursor, visible);
	}

	/** `perform` answers false when an effect is refused; then the cross stays as it was and nothing is lost. */
	keyInput(input: KeyDrawInput, context: ToolContext, perform: (effect: ToolEffect) => boolean): void {
		const before = this.#keys;
		const step = keyDrawTool(before, input, context);
		if (before.kind !== "off") this.#lastCursor = before.cursor;
		this.#keys = step.state;
		if (!step.effects.every(perform)) this.#keys = before;
	}

	/** Ends the gesture without effect; false when there was none. */
	cancel(): boolean {
		const busy = this.busy || this.#keys.kind !== "off";
		this.#draw = drawIdle;
		this.#select = selectIdle;
		this.#pan = panIdle;
		this.#keys = keyDrawOff;
		this.#panning = false;
		return busy;
	}

	cursor(target: HitTarget): string {
		if (this.panning) return "grabbing";
		if (this.spaceHeld) return "grab";
		if (this.#select.kind === "banding") return "default";
		if (target.kind === "handle") return HANDLE_CURSORS[target.handle];
		if (this.#tool === "draw") return "crosshair";
		return target.kind === "box" ? "move" : "default";
	}
}

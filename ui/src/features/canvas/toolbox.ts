// Which tool hears the pointer: the chosen one, or panning while Space or the middle button is held.

import type { HitTarget } from "./hit-test";
import { type DrawBoxState, drawBoxDraft, drawBoxTool, drawIdle } from "./tools/draw-box";
import { type PanState, panIdle, panTool } from "./tools/pan";
import { type SelectState, selectDraft, selectIdle, selectTool } from "./tools/select";
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
	#panning = false;
	spaceHeld = false;

	get tool(): ToolName {
		return this.#tool;
	}

	use(tool: ToolName): void {
		this.#tool = tool;
		this.#draw = drawIdle;
		this.#select = selectIdle;
	}

	get draft(): Draft | null {
		return drawBoxDraft(this.#draw) ?? selectDraft(this.#select);
	}

	/** In the middle of a gesture. */
	get busy(): boolean {
		return this.#draw.kind !== "idle" || this.#select.kind !== "idle" || this.#pan.kind !== "idle";
	}

	/** Whether pressing now would draw. */
	get drawing(): boolean {
		return this.#tool === "draw" && !this.#panning && !this.spaceHeld;
	}

	/** A gesture begins. */
	begin(middleButton: boolean): void {
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

	/** Ends the gesture without effect; false when there was none. */
	cancel(): boolean {
		const busy = this.busy;
		this.#draw = drawIdle;
		this.#select = selectIdle;
		this.#pan = panIdle;
		this.#panning = false;
		return busy;
	}

	cursor(target: HitTarget): string {
		if (this.#pan.kind === "panning" || this.#select.kind === "panning") return "grabbing";
		if (this.spaceHeld) return "grab";
		if (target.kind === "handle") return HANDLE_CURSORS[target.handle];
		if (this.#tool === "draw") return "crosshair";
		return target.kind === "box" ? "move" : "default";
	}
}

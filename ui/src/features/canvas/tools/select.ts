// Choosing, moving and resizing boxes. On empty ground it lets go of the selection.

import type { BoundingBox } from "../../../bindings";
import { clampedPoint, type Handle, movedBox, resizedBox, sameBox } from "../../../geometry/bounding-box";
import { type ImagePoint, type ScreenPoint, screenDistance } from "../../../geometry/points";
import { hitTest } from "../hit-test";
import { CLICK_REACH, type Draft, type PointerInput, stay, type ToolContext, type ToolStep } from "./tool";

type Grip = { readonly kind: "whole"; readonly at: ImagePoint } | { readonly kind: "handle"; readonly handle: Handle };
export type SelectState =
	| { readonly kind: "idle" }
	/** Pressed, but not moved far enough to be a drag. */
	| {
			readonly kind: "pressed";
			readonly id: string;
			readonly box: BoundingBox;
			readonly grip: Grip;
			readonly at: ScreenPoint;
	  }
	| {
			readonly kind: "dragging";
			readonly id: string;
			readonly box: BoundingBox;
			readonly grip: Grip;
			readonly draft: BoundingBox;
	  }
	| { readonly kind: "panning"; readonly from: ScreenPoint };
export const selectIdle: SelectState = { kind: "idle" };

export function selectTool(state: SelectState, input: PointerInput, context: ToolContext): ToolStep<SelectState> {
	switch (input.kind) {
		case "down":
			return pressed(input, context);
		case "move":
			return moved(state, input, context);
		case "up":
			if (state.kind === "dragging" && !sameBox(state.draft, state.box)) {
				const change = { kind: "setBox", id: state.id, bbox: state.draft } as const;
				return stay(selectIdle, { kind: "commit", changes: [change], popup: null });
			}
			return stay(selectIdle);
		case "cancel":
			return stay(selectIdle);
		default:
			return input.kind satisfies never;
	}
}

function pressed(input: PointerInput, context: ToolContext): ToolStep<SelectState> {
	const target = hitTest(input.image, context.annotations, context.selected, context.scale);
	if (target.kind === "nothing") return stay({ kind: "panning", from: input.screen }, { kind: "select", id: null });
	const box = context.annotations.find((a) => a.id === target.id)?.bbox;
	if (!box) return stay(selectIdle);
	const grip: Grip =
		target.kind === "handle" ? { kind: "handle", handle: target.handle } : { kind: "whole", at: input.image };
	return stay({ kind: "pressed", id: target.id, box, grip, at: input.screen }, { kind: "select", id: target.id });
}

function moved(state: SelectState, input: PointerInput, context: ToolContext): ToolStep<SelectState> {
	switch (state.kind) {
		case "idle":
			return stay(state);
		case "panning": {
			const [dx, dy] = [input.screen.x - state.from.x, input.screen.y - state.from.y];
			return stay({ kind: "panning", from: input.screen }, { kind: "pan", dx, dy });
		}
		case "pressed":
			if (screenDistance(state.at, input.screen) < CLICK_REACH) return stay(state);
			break;
		case "dragging":
			break;
		default:
			return state satisfies never;
	}
	const { id, box, grip } = state;
	return stay({ kind: "dragging", id, box, grip, draft: dragged(box, grip, input.image, context) });
}

function dragged(box: BoundingBox, grip: Grip, to: ImagePoint, { size }: ToolContext): BoundingBox {
	if (grip.kind === "handle") return resizedBox(box, grip.handle, clampedPoint(to, size));
	return movedBox(box, to.x - grip.at.x, to.y - grip.at.y, size);
}

export function selectDraft(state: SelectState): Draft | null {
	return state.kind === "dragging" ? { id: state.id, bbox: state.draft } : null;
}

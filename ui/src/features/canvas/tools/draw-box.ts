// Press, drag, release: a new box. A click without a drag chooses what is there; the handles of the selected box
// resize it, so that a box just drawn can be put right without changing the tool.

import { boxFromCorners, clampedPoint } from "../../../geometry/bounding-box";
import { type ImagePoint, type ScreenPoint, screenDistance } from "../../../geometry/points";
import { hitTest } from "../hit-test";
import { type SelectState, selectDrafts, selectIdle, selectTool } from "./select";
import { CLICK_REACH, type Draft, type PointerInput, stay, type ToolContext, type ToolStep, toggled } from "./tool";

export type DrawBoxState =
	| { readonly kind: "idle" }
	| { readonly kind: "pressed"; readonly anchor: ImagePoint; readonly at: ScreenPoint }
	| { readonly kind: "drawing"; readonly anchor: ImagePoint; readonly corner: ImagePoint }
	| { readonly kind: "resizing"; readonly select: SelectState };
export const drawIdle: DrawBoxState = { kind: "idle" };

export function drawBoxTool(state: DrawBoxState, input: PointerInput, context: ToolContext): ToolStep<DrawBoxState> {
	if (state.kind === "resizing") return resizing(selectTool(state.select, input, context));
	switch (input.kind) {
		case "down": {
			const target = hitTest(input.image, context.annotations, context.selected, context.scale);
			if (target.kind === "handle") return resizing(selectTool(selectIdle, input, context));
			return stay({ kind: "pressed", anchor: clampedPoint(input.image, context.size), at: input.screen });
		}
		case "move":
			return moved(state, input, context);
		case "up":
			return released(state, input, context);
		case "cancel":
			return stay(drawIdle);
		default:
			return input.kind satisfies never;
	}
}

function moved(state: DrawBoxState, input: PointerInput, context: ToolContext): ToolStep<DrawBoxState> {
	const tiny = state.kind === "pressed" && screenDistance(state.at, input.screen) < CLICK_REACH;
	if (tiny || (state.kind !== "pressed" && state.kind !== "drawing")) return stay(state);
	return stay({ kind: "drawing", anchor: state.anchor, corner: clampedPoint(input.image, context.size) });
}

function released(state: DrawBoxState, input: PointerInput, context: ToolContext): ToolStep<DrawBoxState> {
	if (state.kind === "pressed") {
		const target = hitTest(input.image, context.annotations, context.selected, context.scale);
		const { selected } = context;
		if (target.kind === "nothing") return stay(drawIdle, { kind: "select", ids: input.joins ? selected : [] });
		return stay(drawIdle, { kind: "select", ids: input.joins ? toggled(selected, target.id) : [target.id] });
	}
	if (state.kind !== "drawing") return stay(drawIdle);
	const bbox = boxFromCorners(state.anchor, clampedPoint(input.image, context.size));
	const id = context.newId();
	const change = { kind: "add", id, bbox, category: null } as const;
	return stay(drawIdle, { kind: "commit", changes: [change], popup: id });
}

function resizing(step: ToolStep<SelectState>): ToolStep<DrawBoxState> {
	const state = step.state.kind === "idle" ? drawIdle : ({ kind: "resizing", select: step.state } as const);
	return { state, effects: step.effects };
}

export function drawBoxDrafts(state: DrawBoxState): readonly Draft[] {
	if (state.kind === "resizing") return selectDrafts(state.select);
	return state.kind === "drawing" ? [{ id: null, bbox: boxFromCorners(state.anchor, state.corner) }] : [];
}

// Drawing with the keyboard: the arrows move a cross, Enter sets the first corner, the arrows span the box, Enter
// keeps it. Shift with an arrow sets the first corner and spans at once.

import type { BoundingBox } from "../../../bindings";
import { boxFromCorners, clampedPoint } from "../../../geometry/bounding-box";
import { type ImagePoint, imagePoint } from "../../../geometry/points";
import { type Draft, stay, type ToolContext, type ToolStep } from "./tool";

export type KeyDrawState =
	| { readonly kind: "off" }
	| { readonly kind: "pointing"; readonly cursor: ImagePoint }
	| { readonly kind: "spanning"; readonly anchor: ImagePoint; readonly cursor: ImagePoint };
export const keyDrawOff: KeyDrawState = { kind: "off" };

export type KeyDrawInput =
	/** Directions, −1 to 1. `fine`: a single pixel. */
	| {
			readonly kind: "arrow";
			readonly dx: number;
			readonly dy: number;
			readonly spans: boolean;
			readonly fine: boolean;
	  }
	| { readonly kind: "enter" }
	| { readonly kind: "escape" };

/** CSS pixels that an arrow moves the cross by, so that zooming in makes the steps finer. */
const STEP_ON_SCREEN = 12;

/** The cross appears: where it was left, if that is in sight, else in the middle of what is. */
export function keyDrawStarted(last: ImagePoint | null, visible: BoundingBox): KeyDrawState {
	const { x1, y1, x2, y2 } = visible;
	const inSight = last && last.x >= x1 && last.x <= x2 && last.y >= y1 && last.y <= y2;
	return {
		kind: "pointing",
		cursor: inSight ? last : imagePoint(Math.round((x1 + x2) / 2), Math.round((y1 + y2) / 2)),
	};
}

export function keyDrawTool(
	state: KeyDrawState,
	input: KeyDrawInput,
	context: Pick<ToolContext, "size" | "scale" | "newId">,
): ToolStep<KeyDrawState> {
	if (state.kind === "off") return stay(state);
	switch (input.kind) {
		case "arrow": {
			const step = input.fine ? 1 : Math.max(1, Math.round(STEP_ON_SCREEN / context.scale));
			const { x, y } = state.cursor;
			const cursor = clampedPoint(imagePoint(x + input.dx * step, y + input.dy * step), context.size);
			if (state.kind === "pointing" && !input.spans) return stay({ kind: "pointing", cursor });
			return stay({ kind: "spanning", anchor: state.kind === "spanning" ? state.anchor : state.cursor, cursor });
		}
		case "enter": {
			if (state.kind === "pointing") return stay({ kind: "spanning", anchor: state.cursor, cursor: state.cursor });
			const id = context.newId();
			const change = { kind: "add", id, bbox: boxFromCorners(state.anchor, state.cursor), category: null } as const;
			return stay(keyDrawOff, { kind: "commit", changes: [change], popup: id });
		}
		case "escape":
			return stay(state.kind === "spanning" ? { kind: "pointing", cursor: state.cursor } : keyDrawOff);
		default:
			return input satisfies never;
	}
}

export function keyDrawDrafts(state: KeyDrawState): readonly Draft[] {
	return state.kind === "spanning" ? [{ id: null, bbox: boxFromCorners(state.anchor, state.cursor) }] : [];
}

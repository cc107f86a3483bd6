// Dragging the picture: with the middle button, with Space held, or on empty ground with the select tool.

import type { ScreenPoint } from "../../../geometry/points";
import { type PointerInput, stay, type ToolStep } from "./tool";

export type PanState =
	| { readonly kind: "idle" }
	| { readonly kind: "panning"; readonly from: ScreenPoint; readonly start: ScreenPoint };
export const panIdle: PanState = { kind: "idle" };

export function panTool(state: PanState, input: PointerInput): ToolStep<PanState> {
	switch (input.kind) {
		case "down":
			return stay({ kind: "panning", from: input.screen, start: input.screen });
		case "move": {
			if (state.kind === "idle") return stay(state);
			const [dx, dy] = [input.screen.x - state.from.x, input.screen.y - state.from.y];
			return stay({ ...state, from: input.screen }, { kind: "pan", dx, dy });
		}
		case "up":
			return stay(panIdle);
		case "cancel": {
			if (state.kind === "idle") return stay(state);
			// Back to where the picture was.
			const [dx, dy] = [state.start.x - state.from.x, state.start.y - state.from.y];
			return stay(panIdle, { kind: "pan", dx, dy });
		}
		default:
			return input.kind satisfies never;
	}
}

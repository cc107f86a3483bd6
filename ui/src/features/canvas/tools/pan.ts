// Dragging the picture: with the middle button, with Space held, or on empty ground with the select tool.

import type { ScreenPoint } from "../../../geometry/points";
import { type PointerInput, stay, type ToolStep } from "./tool";

export type PanState = { readonly kind: "idle" } | { readonly kind: "panning"; readonly from: ScreenPoint };
export const panIdle: PanState = { kind: "idle" };

export function panTool(state: PanState, input: PointerInput): ToolStep<PanState> {
	switch (input.kind) {
		case "down":
			return stay({ kind: "panning", from: input.screen });
		case "move": {
			if (state.kind === "idle") return stay(state);
			const [dx, dy] = [input.screen.x - state.from.x, input.screen.y - state.from.y];
			return stay({ kind: "panning", from: input.screen }, { kind: "pan", dx, dy });
		}
		case "up":
		case "cancel":
			return stay(panIdle);
		default:
			return input.kind satisfies never;
	}
}

// What every tool speaks: pointer input in, effects out. A tool is a function over plain data, so a test is a
// list of events.

import type { Annotation, AnnotationId, BoundingBox, ChangeSet, ImageSize } from "../../../bindings";
import type { ImagePoint, ScreenPoint } from "../../../geometry/points";

export type PointerInput = {
	readonly kind: "down" | "move" | "up" | "cancel";
	readonly image: ImagePoint;
	readonly screen: ScreenPoint;
	/** Shift or Ctrl is held: what is touched joins the selection, or leaves it. */
	readonly joins: boolean;
};

export type ToolContext = {
	readonly annotations: readonly Annotation[];
	readonly selected: readonly AnnotationId[];
	readonly size: ImageSize;
	/** CSS pixels for one image pixel. */
	readonly scale: number;
	/** Boxes can be looked at and chosen, but not changed. */
	readonly fixed: boolean;
	readonly newId: () => AnnotationId;
};

export type ToolEffect =
	| { kind: "select"; ids: readonly AnnotationId[] }
	/** `popup`: opens beside the box when the changes stand. */
	| { kind: "commit"; changes: ChangeSet; popup: AnnotationId | null }
	| { kind: "pan"; dx: number; dy: number };

/** A box that is being made or changed: shown instead of the stored one. `id` is null for a new one. */
export type Draft = { readonly id: AnnotationId | null; readonly bbox: BoundingBox };

export type ToolStep<State> = { readonly state: State; readonly effects: readonly ToolEffect[] };

/** Moving less than this, in CSS pixels, is a click. */
export const CLICK_REACH = 4;

export function stay<State>(state: State, ...effects: ToolEffect[]): ToolStep<State> {
	return { state, effects };
}

/** The selection after a click with Shift or Ctrl on `id`. */
export function toggled(selected: readonly AnnotationId[], id: AnnotationId): readonly AnnotationId[] {
	return selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id];
}

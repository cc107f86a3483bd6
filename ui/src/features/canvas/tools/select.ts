// Choosing, moving and resizing boxes. Dragging on empty ground spans a rubber band that selects what it touches.

import type { Annotation, AnnotationId, BoundingBox } from "../../../bindings";
import {
	boxesTouch,
	boxFromCorners,
	clampedPoint,
	type Handle,
	movedTogether,
	resizedBox,
	sameBox,
} from "../../../geometry/bounding-box";
import { type ImagePoint, type ScreenPoint, screenDistance } from "../../../geometry/points";
import { hitTest } from "../hit-test";
import { CLICK_REACH, type Draft, type PointerInput, stay, type ToolContext, type ToolStep, toggled } from "./tool";

type Grip = { readonly kind: "whole"; readonly at: ImagePoint } | { readonly kind: "handle"; readonly handle: Handle };
type Held = Pick<Annotation, "id" | "bbox">;
export type SelectState =
	| { readonly kind: "idle" }
	/** Pressed on boxes, but not moved far enough to be a drag. `click`: what a mere click leaves selected. */
	| {
			readonly kind: "pressed";
			readonly held: readonly Held[];
			readonly grip: Grip;
			readonly at: ScreenPoint;
			readonly click: readonly AnnotationId[];
	  }
	| { readonly kind: "dragging"; readonly held: readonly Held[]; readonly grip: Grip; readonly drafts: readonly Held[] }
	/** Pressed on empty ground. `kept`: what was selected and stays so. */
	| {
			readonly kind: "grounded";
			readonly anchor: ImagePoint;
			readonly at: ScreenPoint;
			readonly kept: readonly AnnotationId[];
	  }
	| {
			readonly kind: "banding";
			readonly anchor: ImagePoint;
			readonly corner: ImagePoint;
			readonly kept: readonly string[];
	  };
export const selectIdle: SelectState = { kind: "idle" };

export function selectTool(state: SelectState, input: PointerInput, context: ToolContext): ToolStep<SelectState> {
	switch (input.kind) {
		case "down":
			return pressed(input, context);
		case "move":
			return stay(moved(state, input, context));
		case "up":
			return released(moved(state, input, context), context);
		case "cancel":
			return stay(selectIdle);
		default:
			return input.kind satisfies never;
	}
}

function pressed(input: PointerInput, context: ToolContext): ToolStep<SelectState> {
	const { annotations, selected } = context;
	const target = hitTest(input.image, annotations, selected, context.scale);
	if (target.kind === "nothing") {
		const kept = input.joins ? selected : [];
		return stay({ kind: "grounded", anchor: clampedPoint(input.image, context.size), at: input.screen, kept });
	}
	const hold = (ids: readonly AnnotationId[]) => annotations.filter(({ id }) => ids.includes(id));
	if (target.kind === "handle") {
		const grip = { kind: "handle", handle: target.handle } as const;
		return stay({ kind: "pressed", held: hold([target.id]), grip, at: input.screen, click: [target.id] });
	}
	if (input.joins) return stay(selectIdle, { kind: "select", ids: toggled(selected, target.id) });
	const grip = { kind: "whole", at: input.image } as const;
	// Pressing on one of several selected boxes may begin to drag them all; only a click chooses that one.
	const group = selected.includes(target.id) ? selected : [target.id];
	const state = { kind: "pressed", held: hold(group), grip, at: input.screen, click: [target.id] } as const;
	return group === selected ? stay(state) : stay(state, { kind: "select", ids: group });
}

function moved(state: SelectState, input: PointerInput, context: ToolContext): SelectState {
	switch (state.kind) {
		case "idle":
			return state;
		case "grounded":
		case "banding": {
			if (state.kind === "grounded" && screenDistance(state.at, input.screen) < CLICK_REACH) return state;
			const corner = clampedPoint(input.image, context.size);
			return { kind: "banding", anchor: state.anchor, corner, kept: state.kept };
		}
		case "pressed":
			if (context.fixed || screenDistance(state.at, input.screen) < CLICK_REACH) return state;
			break;
		case "dragging":
			break;
		default:
			return state satisfies never;
	}
	const { held, grip } = state;
	return { kind: "dragging", held, grip, drafts: dragged(held, grip, input.image, context) };
}

function dragged(held: readonly Held[], grip: Grip, to: ImagePoint, { size }: ToolContext): readonly Held[] {
	if (grip.kind === "handle") {
		return held.map(({ id, bbox }) => ({ id, bbox: resizedBox(bbox, grip.handle, clampedPoint(to, size)) }));
	}
	const boxes = held.map(({ bbox }) => bbox);
	const after = movedTogether(boxes, to.x - grip.at.x, to.y - grip.at.y, size);
	return held.map(({ id, bbox }, index) => ({ id, bbox: after[index] ?? bbox }));
}

function released(state: SelectState, context: ToolContext): ToolStep<SelectState> {
	switch (state.kind) {
		case "idle":
			return stay(selectIdle);
		case "grounded":
			return stay(selectIdle, { kind: "select", ids: state.kept });
		case "banding":
			return stay(selectIdle, { kind: "select", ids: bandedIds(state, context.annotations) ?? [] });
		case "pressed":
			return stay(selectIdle, { kind: "select", ids: state.click });
		case "dragging": {
			const before = new Map(state.held.map(({ id, bbox }) => [id, bbox]));
			const moves = state.drafts.filter(({ id, bbox }) => !sameBox(bbox, before.get(id) ?? bbox));
			if (moves.length === 0) return stay(selectIdle);
			const changes = moves.map(({ id, bbox }) => ({ kind: "setBox", id, bbox }) as const);
			return stay(selectIdle, { kind: "commit", changes, popup: null });
		}
		default:
			return state satisfies never;
	}
}

export function selectDrafts(state: SelectState): readonly Draft[] {
	return state.kind === "dragging" ? state.drafts : [];
}

/** The rubber band, in image pixels. */
export function selectBand(state: SelectState): BoundingBox | null {
	return state.kind === "banding" ? boxFromCorners(state.anchor, state.corner) : null;
}

/** What would be selected if the rubber band were let go now; null without one. */
export function bandedIds(state: SelectState, annotations: readonly Annotation[]): readonly AnnotationId[] | null {
	const band = selectBand(state);
	if (state.kind !== "banding" || !band) return null;
	const touched = annotations.filter(({ id, bbox }) => !state.kept.includes(id) && boxesTouch(band, bbox));
	return [...state.kept, ...touched.map(({ id }) => id)];
}

// What changes do to the annotations of an image, so that the screen shows them before they are saved.
// Mirrors `resolve_changes` of `crates/domain/src/edit.rs`, which decides.

import type { Annotation, AnnotationChange, AnnotationId, BoundingBox, CategoryView, ImageSize } from "../bindings";
import { clampedBox } from "./bounding-box";

type Context = { size: ImageSize; categories: readonly CategoryView[] };

/** The annotations after `changes`; changes of annotations that are gone are left out. */
export function withChanges(
	annotations: readonly Annotation[],
	changes: readonly AnnotationChange[],
	context: Context,
): readonly Annotation[] {
	return changes.reduce((now, change) => withChange(now, change, context), annotations);
}

function withChange(now: readonly Annotation[], change: AnnotationChange, context: Context): readonly Annotation[] {
	const edit = (change_: (old: Annotation) => Annotation) => now.map((a) => (a.id === change.id ? change_(a) : a));
	switch (change.kind) {
		case "add":
			return now.some((a) => a.id === change.id) ? now : [...now, drawn(change, context.size)];
		case "setBox":
			return edit((old) => ({ ...old, bbox: clampedBox(change.bbox, context.size), state: "accepted" }));
		case "setCategory":
			return edit((old) => ({ ...old, category: change.category, suggestion: null, state: "accepted" }));
		case "accept":
			return edit((old) => accepted(old, context.categories));
		case "remove":
			return now.filter((a) => a.id !== change.id);
		default:
			return change satisfies never;
	}
}

function drawn(change: Extract<AnnotationChange, { kind: "add" }>, size: ImageSize): Annotation {
	return {
		id: change.id,
		bbox: clampedBox(change.bbox, size),
		category: change.category,
		state: "accepted",
		source: { kind: "drawn" },
		suggestion: null,
	};
}

function accepted(old: Annotation, categories: readonly CategoryView[]): Annotation {
	const category = old.category ?? categoryNamed(old.suggestion?.label, categories);
	return { ...old, category, state: "accepted", suggestion: category === null ? old.suggestion : null };
}

/** Something of it waits for a yes or a no: the whole box, or the category that a model suggests. */
export function isOpen(annotation: Annotation): boolean {
	return annotation.state === "proposed" || (annotation.category === null && annotation.suggestion !== null);
}

/** The category that a model's label means, by name without regard to case. */
export function categoryNamed(label: string | undefined, categories: readonly CategoryView[]): string | null {
	const folded = label?.toLowerCase();
	return categories.find((category) => category.name.toLowerCase() === folded)?.id ?? null;
}

/** The boxes that a box called `except` must keep clear of: proposals stand in nobody's way. */
export function acceptedBoxes(annotations: readonly Annotation[], except?: AnnotationId): BoundingBox[] {
	return annotations.filter((a) => a.state === "accepted" && a.id !== except).map((a) => a.bbox);
}

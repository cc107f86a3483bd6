// What changes do to the annotations of an image, so that the screen shows them before they are saved.
// Mirrors `resolve_changes` of `crates/domain/src/edit.rs`, which decides.

import type { Annotation, AnnotationChange, CategoryView, ImageSize } from "../bindings";
import { clampedBox } from "./bounding-box";

type Context = { size: ImageSize; categories: readonly CategoryView[] };

/** The annotations after `changes`; changes of annotations that are gone are left out. */
export function withChanges(
	annotations: readonly Annotation[],
	changes: readonly AnnotationChange[],
	context: Context,
): readonly Annotation[] {
	// A map keeps the order of the boxes and makes a change of hundreds of them as cheap as one.
	const now = new Map(annotations.map((a) => [a.id, a]));
	for (const change of changes) {
		const old = now.get(change.id);
		if (change.kind === "remove") now.delete(change.id);
		else if (change.kind === "add") now.set(change.id, old ?? drawn(change, context.size));
		else if (old) now.set(change.id, edited(old, change, context));
	}
	return [...now.values()];
}

type AnnotationEdit = Exclude<AnnotationChange, { kind: "add" | "remove" }>;

function edited(old: Annotation, change: AnnotationEdit, context: Context): Annotation {
	switch (change.kind) {
		case "setBox":
			return { ...old, bbox: clampedBox(change.bbox, context.size), state: "accepted" };
		case "setCategory":
			return { ...old, category: change.category, suggestion: null, state: "accepted" };
		case "accept":
			return accepted(old, context.categories);
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

/** How sure its source is of what waits for an answer, 0 to 1; what has no score is certain. */
export function sureness({ state, source, suggestion }: Annotation): number {
	const ofBox = state === "proposed" && source.kind === "detected" ? source.score : 1;
	return Math.min(ofBox, suggestion?.confidence ?? 1);
}

/** The category that a model's label means, by name without regard to case. */
export function categoryNamed(label: string | undefined, categories: readonly CategoryView[]): string | null {
	const folded = label?.toLowerCase();
	return categories.find((category) => category.name.toLowerCase() === folded)?.id ?? null;
}

/** The boxes that others must keep clear of: proposals stand in nobody's way. */
export function acceptedBoxes(annotations: readonly Annotation[]): readonly Annotation[] {
	return annotations.filter((a) => a.state === "accepted");
}

// Annotations for tests.

import type { Annotation, BoundingBox, CategoryView, ImageView } from "../../bindings";

export function bbox(x1: number, y1: number, x2: number, y2: number): BoundingBox {
	return { x1, y1, x2, y2 };
}

export function drawnBox(id: string, box: BoundingBox, more: Partial<Annotation> = {}): Annotation {
	return { id, bbox: box, category: null, state: "accepted", source: { kind: "drawn" }, suggestion: null, ...more };
}

export function proposedBox(id: string, box: BoundingBox, score = 0.9): Annotation {
	return drawnBox(id, box, { state: "proposed", source: { kind: "detected", detector: "centerface", score } });
}

export function imageView(annotations: Annotation[] = [], revision = 1): ImageView {
	return { id: "image", size: { width: 1000, height: 800 }, revision, annotations };
}

export const FFP2: CategoryView = {
	id: "c1",
	name: "ffp2",
	color: "#0072b2",
	position: 0,
	hotkey: null,
	description: "",
	boxes: 0,
};

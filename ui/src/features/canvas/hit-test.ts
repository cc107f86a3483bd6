// What is under the pointer.

import type { Annotation, AnnotationId } from "../../bindings";
import {
	boxArea,
	boxContains,
	boxHeight,
	boxWidth,
	HANDLES,
	type Handle,
	handlePoint,
} from "../../geometry/bounding-box";
import type { ImagePoint } from "../../geometry/points";

export type HitTarget =
	| { kind: "handle"; id: AnnotationId; handle: Handle }
	| { kind: "box"; id: AnnotationId }
	| { kind: "nothing" };

/** How far from a handle or an edge, in CSS pixels, still counts. */
const REACH = 7;

/**
 * Handles first, which only a box that is selected alone has; then the smallest box there, so that a box inside
 * another can be reached.
 */
export function hitTest(
	point: ImagePoint,
	annotations: readonly Annotation[],
	selected: readonly AnnotationId[],
	scale: number,
): HitTarget {
	const reach = REACH / scale;
	const chosen = selected.length === 1 ? annotations.find((a) => a.id === selected[0]) : undefined;
	const handle = chosen && handleAt(point, chosen, reach);
	if (chosen && handle) return { kind: "handle", id: chosen.id, handle };
	let best: Annotation | undefined;
	for (const annotation of annotations) {
		const { x1, y1, x2, y2 } = annotation.bbox;
		const grown = { x1: x1 - reach / 2, y1: y1 - reach / 2, x2: x2 + reach / 2, y2: y2 + reach / 2 };
		if (boxContains(grown, point) && (!best || boxArea(annotation.bbox) <= boxArea(best.bbox))) best = annotation;
	}
	return best ? { kind: "box", id: best.id } : { kind: "nothing" };
}

function handleAt(point: ImagePoint, annotation: Annotation, reach: number): Handle | undefined {
	const { bbox } = annotation;
	// Inside a small box the handles leave room to take the box itself.
	const inside = Math.min(reach, boxWidth(bbox) / 4, boxHeight(bbox) / 4);
	const close = boxContains(bbox, point) ? inside : reach;
	const near = (handle: Handle) => {
		const place = handlePoint(bbox, handle);
		return Math.abs(place.x - point.x) <= close && Math.abs(place.y - point.y) <= close;
	};
	// Corners win over edges where a small box brings them together.
	return HANDLES.filter((h) => h.length === 2).find(near) ?? HANDLES.filter((h) => h.length === 1).find(near);
}

// Arrow keys on selected boxes: by one pixel or ten, moving the group or the right and lower side of a single box.

import type { Annotation, AnnotationId, BoundingBox, ImageSize } from "../../../bindings";
import { clampedBox, movedTogether } from "../../../geometry/bounding-box";

export type Nudged = Pick<Annotation, "id" | "bbox">;
export type NudgeKind = "move" | "resize";

/** The boxes after one more press; (dx, dy) in image pixels. Several boxes are not resized. */
export function nudged(
	boxes: readonly Nudged[],
	kind: NudgeKind,
	dx: number,
	dy: number,
	size: ImageSize,
): readonly { id: AnnotationId; bbox: BoundingBox }[] {
	const [only] = boxes;
	if (kind === "resize") {
		if (!only || boxes.length > 1) return boxes;
		const { x1, y1, x2, y2 } = only.bbox;
		const grown = { x1, y1, x2: Math.max(x1 + 1, x2 + dx), y2: Math.max(y1 + 1, y2 + dy) };
		return [{ id: only.id, bbox: clampedBox(grown, size) }];
	}
	const places = boxes.map(({ bbox }) => bbox);
	const after = movedTogether(places, dx, dy, size);
	return boxes.map(({ id, bbox }, index) => ({ id, bbox: after[index] ?? bbox }));
}

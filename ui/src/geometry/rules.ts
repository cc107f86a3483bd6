// When a box is kept: the same limits, in the same order, as `crates/domain/src/rules.rs`, so that the reason
// is shown at the moment of release. The Rust side decides again when it saves.

import type { Annotation, AnnotationId, BoundingBox, BoxRules } from "../bindings";
import { boxArea, boxHeight, boxOverlap, boxWidth } from "./bounding-box";

export type BoxRejection =
	| { kind: "sideTooShort"; width: number; height: number; minSide: number }
	| { kind: "areaTooSmall"; area: number; minArea: number }
	| { kind: "overlaps"; overlap: number; maxOverlap: number };

/** The first limit that `candidate` breaks, or null. `others`: the accepted boxes of its image, itself (`id`) or not. */
export function boxRejection(
	rules: BoxRules,
	candidate: BoundingBox,
	others: readonly Pick<Annotation, "id" | "bbox">[],
	id?: AnnotationId,
): BoxRejection | null {
	const [width, height] = [boxWidth(candidate), boxHeight(candidate)];
	if (width <= rules.minSide || height <= rules.minSide) {
		return { kind: "sideTooShort", width, height, minSide: rules.minSide };
	}
	const area = boxArea(candidate);
	if (area <= rules.minArea) return { kind: "areaTooSmall", area, minArea: rules.minArea };
	let overlap = 0;
	for (const other of others) if (other.id !== id) overlap = Math.max(overlap, boxOverlap(candidate, other.bbox));
	if (overlap > rules.maxOverlap) return { kind: "overlaps", overlap, maxOverlap: rules.maxOverlap };
	return null;
}

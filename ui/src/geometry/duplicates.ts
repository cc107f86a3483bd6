// Which proposal marks what another box marks already. The same rule as `crates/app/src/review.rs`, which rejects
// them all.

import type { Annotation } from "../bindings";
import { boxOverlap } from "./bounding-box";
import { sureness } from "./changes";

export type Duplicate = { readonly of: Annotation; readonly overlap: number };

/** Share of the smaller box from which on two boxes mark the same thing, unless the rules let boxes overlap more. */
const STRONG = 0.5;

/** The box that a proposal looks like a duplicate of: an accepted one, or a proposal that is surer; null for none. */
export function duplicateOf(
	proposal: Annotation,
	annotations: readonly Annotation[],
	maxOverlap: number,
): Duplicate | null {
	if (proposal.state === "accepted") return null;
	const limit = Math.max(STRONG, maxOverlap);
	let found: Duplicate | null = null;
	for (const other of annotations) {
		const counts = other.state === "accepted" || sureness(other) > sureness(proposal);
		if (other.id === proposal.id || !counts) continue;
		const overlap = boxOverlap(proposal.bbox, other.bbox);
		if (overlap > limit && (found === null || overlap > found.overlap)) found = { of: other, overlap };
	}
	return found;
}

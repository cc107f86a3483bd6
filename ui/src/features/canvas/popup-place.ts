// Where the box popup goes: beside the box and never on it. It may lie over the panels beside the picture.

import type { BoundingBox } from "../../bindings";
import { boxHeight, boxWidth, intersectionArea } from "../../geometry/bounding-box";
import type { Stage } from "./viewport";

export type PopupPlace = { readonly left: number; readonly top: number };

const GAP = 12;
const EDGE = 8;

/**
 * All in CSS pixels of the window. `areas`: where the popup may be, the best first: the picture's stage, then more of
 * the window. The first free side of right, left, below and above the box; null when there is none.
 */
export function freePlace(box: BoundingBox, popup: Stage, areas: readonly BoundingBox[]): PopupPlace | null {
	return places(box, popup, areas).find((place) => covered(box, popup, place) === 0) ?? null;
}

/** The same; on the side where it covers least when none is free. */
export function popupPlace(box: BoundingBox, popup: Stage, areas: readonly BoundingBox[]): PopupPlace {
	const all = places(box, popup, areas);
	const least = (best: PopupPlace, place: PopupPlace) =>
		covered(box, popup, place) < covered(box, popup, best) ? place : best;
	return all.reduce(least, all[0] ?? { left: EDGE, top: EDGE });
}

/** The part of the stage (in its own pixels) that a popup beside it leaves to the box: to its left, or above. */
export function roomBeside(popup: Stage, stage: Stage): BoundingBox {
	const [x2, y2] = [stage.width - popup.width - EDGE - GAP, stage.height - popup.height - EDGE - GAP];
	const beside = x2 * (stage.height - 2 * EDGE) >= y2 * (stage.width - 2 * EDGE);
	return { x1: EDGE, y1: EDGE, x2: beside ? x2 : stage.width - EDGE, y2: beside ? stage.height - EDGE : y2 };
}

function places(box: BoundingBox, popup: Stage, areas: readonly BoundingBox[]): PopupPlace[] {
	// Where the popup is larger than the area, its edges would be cut off.
	const roomy = areas.filter((area) => popup.width <= boxWidth(area) && popup.height <= boxHeight(area));
	return (roomy.length > 0 ? roomy : areas.slice(-1)).flatMap((area) => {
		const inside = (left: number, top: number): PopupPlace => ({
			left: Math.max(area.x1 + EDGE, Math.min(left, area.x2 - popup.width - EDGE)),
			top: Math.max(area.y1 + EDGE, Math.min(top, area.y2 - popup.height - EDGE)),
		});
		return [
			inside(box.x2 + GAP, box.y1),
			inside(box.x1 - GAP - popup.width, box.y1),
			inside(box.x1, box.y2 + GAP),
			inside(box.x1, box.y1 - GAP - popup.height),
		];
	});
}

function covered(box: BoundingBox, popup: Stage, { left, top }: PopupPlace): number {
	return intersectionArea(box, { x1: left, y1: top, x2: left + popup.width, y2: top + popup.height });
}

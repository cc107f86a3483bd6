// Where the box popup goes: beside the box, never on it as long as the stage has room for both.

import type { BoundingBox } from "../../bindings";
import { intersectionArea } from "../../geometry/bounding-box";
import type { Stage } from "./viewport";

export type PopupPlace = { readonly left: number; readonly top: number };

const GAP = 12;
const EDGE = 8;

/** `box`: on screen, in CSS pixels of the stage. The first free side of right, left, below, above; else the least covering. */
export function popupPlace(box: BoundingBox, popup: Stage, stage: Stage): PopupPlace {
	const inside = (left: number, top: number): PopupPlace => ({
		left: Math.max(EDGE, Math.min(left, stage.width - popup.width - EDGE)),
		top: Math.max(EDGE, Math.min(top, stage.height - popup.height - EDGE)),
	});
	const places = [
		inside(box.x2 + GAP, box.y1),
		inside(box.x1 - GAP - popup.width, box.y1),
		inside(box.x1, box.y2 + GAP),
		inside(box.x1, box.y1 - GAP - popup.height),
	];
	const covered = ({ left, top }: PopupPlace) =>
		intersectionArea(box, { x1: left, y1: top, x2: left + popup.width, y2: top + popup.height });
	return places.reduce((best, place) => (covered(place) < covered(best) ? place : best));
}

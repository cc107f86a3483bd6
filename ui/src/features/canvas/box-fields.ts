// A box as the four whole numbers that people read and type.

import type { BoundingBox } from "../../bindings";
import { boxHeight, boxWidth } from "../../geometry/bounding-box";

export type BoxField = "x" | "y" | "width" | "height";

export function boxFields(box: BoundingBox): Record<BoxField, number> {
	return {
		x: Math.round(box.x1),
		y: Math.round(box.y1),
		width: Math.round(boxWidth(box)),
		height: Math.round(boxHeight(box)),
	};
}

/** The box with one number replaced; the others keep their exact values. */
export function boxWithField(box: BoundingBox, field: BoxField, value: number): BoundingBox {
	switch (field) {
		case "x":
			return { ...box, x1: value, x2: value + boxWidth(box) };
		case "y":
			return { ...box, y1: value, y2: value + boxHeight(box) };
		case "width":
			return { ...box, x2: box.x1 + value };
		case "height":
			return { ...box, y2: box.y1 + value };
		default:
			return field satisfies never;
	}
}

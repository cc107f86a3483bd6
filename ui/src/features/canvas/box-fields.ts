// A box as the four whole numbers that people read and type.

import type { BoundingBox, ImageSize } from "../../bindings";
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

/** The box with one number replaced; the others keep their exact values. A position moves it, up to the picture's edge. */
export function boxWithField(box: BoundingBox, field: BoxField, value: number, picture: ImageSize): BoundingBox {
	switch (field) {
		case "x": {
			const x1 = Math.max(0, Math.min(value, picture.width - boxWidth(box)));
			return { ...box, x1, x2: x1 + boxWidth(box) };
		}
		case "y": {
			const y1 = Math.max(0, Math.min(value, picture.height - boxHeight(box)));
			return { ...box, y1, y2: y1 + boxHeight(box) };
		}
		case "width":
			return { ...box, x2: box.x1 + value };
		case "height":
			return { ...box, y2: box.y1 + value };
		default:
			return field satisfies never;
	}
}

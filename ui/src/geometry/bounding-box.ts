// Boxes in the pixels of the upright picture; the same formulas as `crates/domain/src/geometry.rs`.

import type { BoundingBox, ImageSize } from "../bindings";
import { type ImagePoint, imagePoint } from "./points";

/** The box spanned by two opposite corners, in any order. */
export function boxFromCorners(a: ImagePoint, b: ImagePoint): BoundingBox {
	return {
		x1: Math.min(a.x, b.x),
		y1: Math.min(a.y, b.y),
		x2: Math.max(a.x, b.x),
		y2: Math.max(a.y, b.y),
	};
}

export function boxWidth(box: BoundingBox): number {
	return box.x2 - box.x1;
}

export function boxHeight(box: BoundingBox): number {
	return box.y2 - box.y1;
}

export function boxArea(box: BoundingBox): number {
	return boxWidth(box) * boxHeight(box);
}

export function intersectionArea(a: BoundingBox, b: BoundingBox): number {
	const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
	const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
	return Math.max(0, width) * Math.max(0, height);
}

/** Intersection ÷ area of the smaller box, 0 to 1: the paper's measure of overlap. */
export function boxOverlap(a: BoundingBox, b: BoundingBox): number {
	const smaller = Math.min(boxArea(a), boxArea(b));
	return smaller > 0 ? intersectionArea(a, b) / smaller : 0;
}

/** The part inside a picture of this size; may be empty. */
export function clampedBox(box: BoundingBox, size: ImageSize): BoundingBox {
	const x = (value: number) => Math.min(Math.max(value, 0), size.width);
	const y = (value: number) => Math.min(Math.max(value, 0), size.height);
	return { x1: x(box.x1), y1: y(box.y1), x2: x(box.x2), y2: y(box.y2) };
}

export function clampedPoint(point: ImagePoint, size: ImageSize): ImagePoint {
	return imagePoint(Math.min(Math.max(point.x, 0), size.width), Math.min(Math.max(point.y, 0), size.height));
}

/** Moved by (dx, dy) with its size kept, stopped at the edges of the picture. */
export function movedBox(box: BoundingBox, dx: number, dy: number, size: ImageSize): BoundingBox {
	const x = Math.min(Math.max(dx, -box.x1), size.width - box.x2);
	const y = Math.min(Math.max(dy, -box.y1), size.height - box.y2);
	return { x1: box.x1 + x, y1: box.y1 + y, x2: box.x2 + x, y2: box.y2 + y };
}

/** All moved by (dx, dy), or by as much of it as keeps every one of them on the picture: a group keeps its shape. */
export function movedTogether(
	boxes: readonly BoundingBox[],
	dx: number,
	dy: number,
	size: ImageSize,
): readonly BoundingBox[] {
	const around = boxAround(boxes);
	if (!around) return boxes;
	const moved = movedBox(around, dx, dy, size);
	const [x, y] = [moved.x1 - around.x1, moved.y1 - around.y1];
	return boxes.map(({ x1, y1, x2, y2 }) => ({ x1: x1 + x, y1: y1 + y, x2: x2 + x, y2: y2 + y }));
}

/** The smallest box that holds all of them; null for none. */
export function boxAround(boxes: readonly BoundingBox[]): BoundingBox | null {
	const [first, ...others] = boxes;
	if (!first) return null;
	return others.reduce(
		(around, { x1, y1, x2, y2 }) => ({
			x1: Math.min(around.x1, x1),
			y1: Math.min(around.y1, y1),
			x2: Math.max(around.x2, x2),
			y2: Math.max(around.y2, y2),
		}),
		first,
	);
}

/** Whether they have a point in common, edges included. */
export function boxesTouch(a: BoundingBox, b: BoundingBox): boolean {
	return a.x1 <= b.x2 && b.x1 <= a.x2 && a.y1 <= b.y2 && b.y1 <= a.y2;
}

export function boxContains(box: BoundingBox, point: ImagePoint): boolean {
	return point.x >= box.x1 && point.x <= box.x2 && point.y >= box.y1 && point.y <= box.y2;
}

/** Corners and edge middles that a box is resized by, named as on a compass. */
export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const;
export type Handle = (typeof HANDLES)[number];

export function handlePoint(box: BoundingBox, handle: Handle): ImagePoint {
	const middle = imagePoint((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2);
	const x = handle.includes("w") ? box.x1 : handle.includes("e") ? box.x2 : middle.x;
	const y = handle.includes("n") ? box.y1 : handle.includes("s") ? box.y2 : middle.y;
	return imagePoint(x, y);
}

/** The box with `handle` dragged to `point`; dragged past the opposite side it turns over. */
export function resizedBox(box: BoundingBox, handle: Handle, point: ImagePoint): BoundingBox {
	const [west, east] = [handle.includes("w"), handle.includes("e")];
	const [north, south] = [handle.includes("n"), handle.includes("s")];
	return boxFromCorners(
		imagePoint(west ? point.x : box.x1, north ? point.y : box.y1),
		imagePoint(east ? point.x : box.x2, south ? point.y : box.y2),
	);
}

export function sameBox(a: BoundingBox, b: BoundingBox): boolean {
	return a.x1 === b.x1 && a.y1 === b.y1 && a.x2 === b.x2 && a.y2 === b.y2;
}

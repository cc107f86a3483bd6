// Where the picture stands on the canvas: a scale and an offset, as plain data. One step of scale 1 shows one
// image pixel on one CSS pixel.

import type { BoundingBox, ImageSize } from "../../bindings";
import { type ImagePoint, imagePoint, type ScreenPoint, screenPoint } from "../../geometry/points";

/** Width and height of the canvas in CSS pixels. */
export type Stage = { readonly width: number; readonly height: number };
export type Viewport = { readonly scale: number; readonly x: number; readonly y: number };

/** Device pixels for one image pixel. */
const MAX_ZOOM = 32;
const MARGIN = 16;
/** So much of the picture, in CSS pixels, stays on the canvas however far it is panned. */
const KEPT_IN_SIGHT = 48;
const REVEAL_MARGIN = 40;
/** A box with a side of so many CSS pixels can be judged. */
const JUDGED_SIDE = 112;
/** Device pixels for one image pixel, at most, where a small box is brought near. */
const MOST_FRAMED = 3;

export function screenFromImage(view: Viewport, point: ImagePoint): ScreenPoint {
	return screenPoint(point.x * view.scale + view.x, point.y * view.scale + view.y);
}

export function imageFromScreen(view: Viewport, point: ScreenPoint): ImagePoint {
	return imagePoint((point.x - view.x) / view.scale, (point.y - view.y) / view.scale);
}

export function screenRectOf(view: Viewport, box: BoundingBox): BoundingBox {
	const a = screenFromImage(view, imagePoint(box.x1, box.y1));
	const b = screenFromImage(view, imagePoint(box.x2, box.y2));
	return { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
}

/** The whole picture, centred, with a small margin; small pictures are not blown up past 1:1. */
export function fitted(stage: Stage, size: ImageSize, pixelRatio = 1): Viewport {
	const [width, height] = [Math.max(1, stage.width - 2 * MARGIN), Math.max(1, stage.height - 2 * MARGIN)];
	return centred(stage, size, Math.min(width / size.width, height / size.height, 1 / pixelRatio));
}

export function centred(stage: Stage, size: ImageSize, scale: number): Viewport {
	return { scale, x: (stage.width - size.width * scale) / 2, y: (stage.height - size.height * scale) / 2 };
}

/** Scaled by `factor` with the image point under `fixed` staying there; from the fitted picture to 3200 %. */
export function zoomedAt(
	view: Viewport,
	fixed: ScreenPoint,
	factor: number,
	stage: Stage,
	size: ImageSize,
	pixelRatio = 1,
): Viewport {
	const whole = fitted(stage, size, pixelRatio);
	const scale = Math.min(MAX_ZOOM / pixelRatio, view.scale * factor);
	if (scale <= whole.scale) return whole;
	const anchor = imageFromScreen(view, fixed);
	return inSight({ scale, x: fixed.x - anchor.x * scale, y: fixed.y - anchor.y * scale }, stage, size);
}

/** Panned just so far that the box is in sight with some room around it; one that is too large is centred. */
export function revealed(view: Viewport, box: BoundingBox, stage: Stage, size: ImageSize): Viewport {
	const rect = screenRectOf(view, box);
	const shift = (low: number, high: number, length: number) => {
		if (high - low > length - 2 * REVEAL_MARGIN) return (length - low - high) / 2;
		return Math.max(0, REVEAL_MARGIN - low) + Math.min(0, length - REVEAL_MARGIN - high);
	};
	const inside = rect.x1 >= 0 && rect.y1 >= 0 && rect.x2 <= stage.width && rect.y2 <= stage.height;
	if (inside) return view;
	const [dx, dy] = [shift(rect.x1, rect.x2, stage.width), shift(rect.y1, rect.y2, stage.height)];
	return panned(view, dx, dy, stage, size);
}

/** As `whole`, or, where the box's longer side would be short on the screen, so large that it is not, and in the middle. */
export function framed(whole: Viewport, box: BoundingBox, stage: Stage, size: ImageSize, pixelRatio = 1): Viewport {
	const longer = Math.max(box.x2 - box.x1, box.y2 - box.y1, 1);
	if (longer * whole.scale >= JUDGED_SIDE) return whole;
	// Small pictures are not blown up to nothing but squares.
	const scale = Math.max(whole.scale, Math.min(JUDGED_SIDE / longer, MOST_FRAMED / pixelRatio));
	const x = (stage.width - (box.x1 + box.x2) * scale) / 2;
	const y = (stage.height - (box.y1 + box.y2) * scale) / 2;
	return inSight({ scale, x, y }, stage, size);
}

/** The box in the middle of `room` (CSS pixels of the stage), no larger than it is now and small enough for it. */
export function placedInRoom(view: Viewport, box: BoundingBox, room: BoundingBox): Viewport {
	const [width, height] = [box.x2 - box.x1, box.y2 - box.y1];
	const scale = Math.min(view.scale, (room.x2 - room.x1) / width, (room.y2 - room.y1) / height);
	return {
		scale,
		x: (room.x1 + room.x2 - (box.x1 + box.x2) * scale) / 2,
		y: (room.y1 + room.y2 - (box.y1 + box.y2) * scale) / 2,
	};
}

export function panned(view: Viewport, dx: number, dy: number, stage: Stage, size: ImageSize): Viewport {
	return inSight({ ...view, x: view.x + dx, y: view.y + dy }, stage, size);
}

/** After the canvas changed its size: what was in the middle stays there. */
export function restaged(view: Viewport, before: Stage, after: Stage, size: ImageSize): Viewport {
	const [dx, dy] = [(after.width - before.width) / 2, (after.height - before.height) / 2];
	return panned(view, dx, dy, after, size);
}

function inSight(view: Viewport, stage: Stage, size: ImageSize): Viewport {
	const within = (value: number, length: number, stageLength: number) =>
		Math.min(stageLength - KEPT_IN_SIGHT, Math.max(KEPT_IN_SIGHT - length * view.scale, value));
	return {
		scale: view.scale,
		x: within(view.x, size.width, stage.width),
		y: within(view.y, size.height, stage.height),
	};
}

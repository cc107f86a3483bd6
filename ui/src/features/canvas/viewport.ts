// Where the picture stands on the canvas: a scale and an offset, as plain data. One step of scale 1 shows one
// image pixel on one CSS pixel.

import type { BoundingBox, ImageSize } from "../../bindings";
import { type ImagePoint, imagePoint, type ScreenPoint, screenPoint } from "../../geometry/points";

/** Width and height of the canvas in CSS pixels. */
export type Stage = { readonly width: number; readonly height: number };
export type Viewport = { readonly scale: number; readonly x: number; readonly y: number };

const MAX_SCALE = 64;
const MARGIN = 16;
/** So much of the picture, in CSS pixels, stays on the canvas however far it is panned. */
const KEPT_IN_SIGHT = 48;

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

/** Scaled by `factor` with the image point under `fixed` staying there. */
export function zoomedAt(view: Viewport, fixed: ScreenPoint, factor: number, stage: Stage, size: ImageSize): Viewport {
	const smallest = Math.min(fitted(stage, size).scale / 4, 1);
	const scale = Math.min(MAX_SCALE, Math.max(smallest, view.scale * factor));
	const anchor = imageFromScreen(view, fixed);
	const zoomed = { scale, x: fixed.x - anchor.x * scale, y: fixed.y - anchor.y * scale };
	return inSight(zoomed, stage, size);
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

// Points and their spaces. Image points are pixels of the upright picture; screen points are CSS pixels
// from the top left corner of the canvas. The brand keeps one from being passed for the other.

declare const space: unique symbol;

export type ImagePoint = { readonly x: number; readonly y: number } & { readonly [space]: "image" };
export type ScreenPoint = { readonly x: number; readonly y: number } & { readonly [space]: "screen" };

export function imagePoint(x: number, y: number): ImagePoint {
	return { x, y } as ImagePoint;
}

export function screenPoint(x: number, y: number): ScreenPoint {
	return { x, y } as ScreenPoint;
}

export function screenDistance(a: ScreenPoint, b: ScreenPoint): number {
	return Math.hypot(a.x - b.x, a.y - b.y);
}

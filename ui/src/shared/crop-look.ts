// What saved crops look like: the choices and their limits.

import type { CropLook, SquareRule } from "../bindings";

/** As `CropShape::SIDES` in Rust. */
export const [MIN_SIDE, MAX_SIDE] = [32, 1024];
export const SQUARES: readonly SquareRule[] = ["grow", "pad", "stretch"];
export const MIN_QUALITY = 1;
export const MAX_QUALITY = 100;

/** The choices as they stand in a form: a number may be missing there. */
export type CropLookForm = {
	side: number | null;
	square: SquareRule;
	format: "png" | "jpeg";
	quality: number | null;
};

export function isWhole(value: number | null, min: number, max: number): value is number {
	return value !== null && Number.isInteger(value) && value >= min && value <= max;
}

/** The choices, or null while one of them makes no sense. */
export function cropLook({ side, square, format, quality }: CropLookForm): CropLook | null {
	if (!isWhole(side, MIN_SIDE, MAX_SIDE)) return null;
	if (format === "png") return { side, square, format: { kind: "png" } };
	return isWhole(quality, MIN_QUALITY, MAX_QUALITY) ? { side, square, format: { kind: "jpeg", quality } } : null;
}

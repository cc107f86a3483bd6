/** The largest choice of a least size of a face, in pixels. */
export const MAX_MIN_FACE = 2000;

export function isMinFace(pixels: number | null): pixels is number {
	return pixels !== null && Number.isInteger(pixels) && pixels >= 0 && pixels <= MAX_MIN_FACE;
}

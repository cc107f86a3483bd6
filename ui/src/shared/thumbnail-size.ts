// How large the pictures of the strip are.

export const THUMBNAIL_SIZES = ["small", "medium", "large"] as const;
export type ThumbnailSize = (typeof THUMBNAIL_SIZES)[number];

/** In CSS pixels; `stacked`: the words stand below the picture, which is as wide as the strip. */
export type ThumbnailLayout = {
	readonly width: number;
	readonly height: number;
	readonly row: number;
	readonly stacked: boolean;
};

export const THUMBNAIL_LAYOUTS: Record<ThumbnailSize, ThumbnailLayout> = {
	small: { width: 64, height: 48, row: 60, stacked: false },
	medium: { width: 96, height: 72, row: 84, stacked: false },
	large: { width: 160, height: 132, row: 184, stacked: true },
};

export function isThumbnailSize(value: string): value is ThumbnailSize {
	return (THUMBNAIL_SIZES as readonly string[]).includes(value);
}

// How large everything in the windows is written, in percent.

import { Remembered } from "./remembered.svelte";

export const TEXT_SIZES = [100, 125, 150, 200] as const;
export type TextSize = (typeof TEXT_SIZES)[number];

export const textSize = new Remembered<TextSize>("text.size", 100, (size) => TEXT_SIZES.includes(size));

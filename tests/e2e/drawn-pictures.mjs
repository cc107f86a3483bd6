// Pictures for tests that need some and do not care what they show: gradients, as BMP, which needs no encoder.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bitmap } from "./bitmap.mjs";

/** Writes `count` pictures `img_1.bmp`… into the folder; every second one is dark. */
export function drawPictures(folder, count, { width = 1600, height = 1200 } = {}) {
	mkdirSync(folder, { recursive: true });
	for (let n = 1; n <= count; n++)
		writeFileSync(path.join(folder, `img_${n}.bmp`), bitmap(width, height, gradient(width, height, n % 2 === 0)));
}

const gradient = (width, height, dark) => (x, y) => {
	const light = dark ? 20 + (40 * x) / width : 160 + (90 * y) / height;
	return [light, light - (dark ? 5 : 20), light - (((x >> 6) + (y >> 6)) % 2) * 12];
};

// Pictures for tests that need some and do not care what they show: gradients, as BMP, which needs no encoder.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Writes `count` pictures `img_1.bmp`… into the folder; every second one is dark. */
export function drawPictures(folder, count, { width = 1600, height = 1200 } = {}) {
	mkdirSync(folder, { recursive: true });
	for (let n = 1; n <= count; n++) writeFileSync(path.join(folder, `img_${n}.bmp`), bitmap(width, height, n % 2 === 0));
}

/** https://learn.microsoft.com/windows/win32/gdi/bitmap-storage: 24 bits a pixel, rows from the bottom, padded to 4. */
function bitmap(width, height, dark) {
	const [header, row] = [54, Math.ceil((width * 3) / 4) * 4];
	const bytes = Buffer.alloc(header + row * height);
	bytes.write("BM");
	bytes.writeUInt32LE(bytes.length, 2);
	bytes.writeUInt32LE(header, 10);
	bytes.writeUInt32LE(40, 14);
	bytes.writeInt32LE(width, 18);
	bytes.writeInt32LE(height, 22);
	bytes.writeUInt16LE(1, 26);
	bytes.writeUInt16LE(24, 28);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const light = dark ? 20 + (40 * x) / width : 160 + (90 * y) / height;
			const at = header + y * row + x * 3;
			bytes[at] = light;
			bytes[at + 1] = light - (dark ? 5 : 20);
			bytes[at + 2] = light - (((x >> 6) + (y >> 6)) % 2) * 12;
		}
	}
	return bytes;
}

// Crops for trainings in tests, drawn: discs and stripes with noise, as BMP, which needs no encoder. The same numbers
// give the same pictures.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Writes `each` pictures of `side` pixels into `discs` and `stripes` below the folder. */
export function drawCrops(folder, each, side = 48) {
	for (const [label, shade] of [
		["discs", disc],
		["stripes", stripe],
	]) {
		mkdirSync(path.join(folder, label), { recursive: true });
		for (let n = 1; n <= each; n++) {
			const random = numbers(n * 7919 + (label === "discs" ? 1 : 2));
			const place = { x: random() * side, y: random() * side, size: 6 + random() * 10, turn: random() * Math.PI };
			const grey = (x, y) => 40 + 150 * shade(x, y, place) + 60 * random();
			writeFileSync(path.join(folder, label, `${label}_${n}.bmp`), bitmap(side, grey));
		}
	}
}

const disc = (x, y, { x: cx, y: cy, size }) => (Math.hypot(x - cx, y - cy) < size ? 1 : 0);
const stripe = (x, y, { size, turn }) => (Math.sin((x * Math.cos(turn) + y * Math.sin(turn)) / (size / 5)) > 0 ? 1 : 0);

/** https://en.wikipedia.org/wiki/Linear_congruential_generator, 0 up to but not 1. */
function numbers(seed) {
	let state = seed % 2147483647;
	return () => {
		state = (state * 48271) % 2147483647;
		return state / 2147483647;
	};
}

/** https://learn.microsoft.com/windows/win32/gdi/bitmap-storage: 24 bits a pixel, rows from the bottom, padded to 4. */
function bitmap(side, grey) {
	const [header, row] = [54, Math.ceil((side * 3) / 4) * 4];
	const bytes = Buffer.alloc(header + row * side);
	bytes.write("BM");
	bytes.writeUInt32LE(bytes.length, 2);
	bytes.writeUInt32LE(header, 10);
	bytes.writeUInt32LE(40, 14);
	bytes.writeInt32LE(side, 18);
	bytes.writeInt32LE(side, 22);
	bytes.writeUInt16LE(1, 26);
	bytes.writeUInt16LE(24, 28);
	for (let y = 0; y < side; y++) {
		for (let x = 0; x < side; x++)
			bytes.fill(Math.min(255, grey(x, y)), header + y * row + 3 * x, header + y * row + 3 * x + 3);
	}
	return bytes;
}

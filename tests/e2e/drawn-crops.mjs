// Crops for trainings in tests, drawn: discs and stripes with noise, as BMP, which needs no encoder. The same numbers
// give the same pictures.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bitmap } from "./bitmap.mjs";

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
			const grey = (x, y) => Math.min(255, 40 + 150 * shade(x, y, place) + 60 * random());
			const shades = (x, y) => Array(3).fill(grey(x, y));
			writeFileSync(path.join(folder, label, `${label}_${n}.bmp`), bitmap(side, side, shades));
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

// SHA-256 of files and folders.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Hexadecimal SHA-256 of a file, or `null` when there is none. */
export function checksum(file) {
	return existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : null;
}

/** One SHA-256 over names and contents of files and, recursively, folders; missing ones count as absent. */
export function checksumOfAll(paths, skip = () => false) {
	const hash = createHash("sha256");
	for (const file of filesIn(paths, skip)) hash.update(`${file}\0${checksum(file)}\0`);
	return hash.digest("hex");
}

function filesIn(paths, skip) {
	const found = [];
	for (const place of paths.filter((place) => existsSync(place) && !skip(place))) {
		const entries = readdirSync(path.dirname(place), { withFileTypes: true });
		const isFolder = entries.find((entry) => entry.name === path.basename(place))?.isDirectory();
		const inside = isFolder
			? readdirSync(place)
					.sort()
					.map((name) => path.join(place, name))
			: [];
		found.push(...(isFolder ? filesIn(inside, skip) : [place]));
	}
	return found;
}

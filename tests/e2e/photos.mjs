// Photos for the tests: a handful of real ones where they are, else none; and what the manifest says of them.

import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

const DATA = path.resolve(import.meta.dirname, "../../../shared/data");

/** Path below the folder of real pictures, or null (with the reason printed) where it is absent. */
export function realData(name) {
	const place = path.join(DATA, name);
	if (existsSync(place)) return place;
	console.log(`skipped: ${name} is not beside the project in ../shared/data`);
	return null;
}

/** Copies `each` photos of every category of the three-persons set; returns file name → category. */
export function copyPhotos(set, folder, each) {
	const lines = readFileSync(path.join(set, "manifest.csv"), "utf8").trim().split("\n").slice(1);
	const [taken, labels] = [new Map(), new Map()];
	mkdirSync(folder, { recursive: true });
	for (const line of lines) {
		const [file, label] = line.split(",");
		if ((taken.get(label) ?? 0) >= each) continue;
		taken.set(label, (taken.get(label) ?? 0) + 1);
		copyFileSync(path.join(set, file), path.join(folder, path.basename(file)));
		labels.set(path.basename(file), label);
	}
	return labels;
}

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

/** Copies all photos of the three-persons set; returns file name → box of the face. */
export function copyThreePersons(set, folder) {
	mkdirSync(folder, { recursive: true });
	const boxes = new Map();
	for (const line of readFileSync(path.join(set, "manifest.csv"), "utf8").trim().split("\n").slice(1)) {
		const [file, , , box] = line.split(",");
		copyFileSync(path.join(set, file), path.join(folder, path.basename(file)));
		const [x1, y1, x2, y2] = box.split(" ").map(Number);
		boxes.set(path.basename(file), { x1, y1, x2, y2 });
	}
	return boxes;
}

/** Intersection ÷ union of two boxes. */
export function iou(a, b) {
	const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
	const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
	const both = Math.max(0, width) * Math.max(0, height);
	const area = ({ x1, y1, x2, y2 }) => (x2 - x1) * (y2 - y1);
	return both / (area(a) + area(b) - both);
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

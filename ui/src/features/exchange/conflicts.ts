// What becomes of boxes that the project has otherwise: one choice for all, and others for single boxes or images.

import type { BoundingBox, BoxConflict, ConflictChoice, ConflictChoices } from "../../bindings";

export const CHOICES = ["keepMine", "takeTheirs", "keepBoth"] as const;

/** The choices that differ from the one for all, by the conflict's number. */
export type SingleChoices = Readonly<Record<number, ConflictChoice>>;

export type ConflictsOfImage = {
	readonly id: string;
	readonly name: string;
	readonly conflicts: readonly { readonly number: number; readonly conflict: BoxConflict }[];
};

/** The conflicts by image, in their order, each with its number. */
export function byImage(list: readonly BoxConflict[]): ConflictsOfImage[] {
	const images = new Map<
		string,
		{ id: string; name: string; conflicts: { number: number; conflict: BoxConflict }[] }
	>();
	for (const [number, conflict] of list.entries()) {
		const image = images.get(conflict.imageId) ?? { id: conflict.imageId, name: conflict.image, conflicts: [] };
		image.conflicts.push({ number, conflict });
		images.set(image.id, image);
	}
	return [...images.values()];
}

/** The choice for all boxes of an image: `null` is the one for all, `"mixed"` that its boxes differ. */
export function ofImage(image: ConflictsOfImage, single: SingleChoices): ConflictChoice | null | "mixed" {
	const chosen = image.conflicts.map(({ number }) => single[number] ?? null);
	const [first = null] = chosen;
	return chosen.every((choice) => choice === first) ? first : "mixed";
}

/** The choices with another one, or none of their own (`null`), for these conflicts. */
export function choose(
	single: SingleChoices,
	numbers: readonly number[],
	choice: ConflictChoice | null,
): SingleChoices {
	const kept = Object.entries(single).filter(([number]) => !numbers.includes(Number(number)));
	const changed = choice === null ? [] : numbers.map((number) => [number, choice] as const);
	return Object.fromEntries([...kept, ...changed]);
}

export function conflictChoices(all: ConflictChoice, single: SingleChoices): ConflictChoices {
	return { all, each: Object.entries(single).map(([number, choice]) => [Number(number), choice]) };
}

/** A window onto both boxes, as an SVG has it: x, y, width and height, with a margin, never flat. */
export function around(a: BoundingBox, b: BoundingBox): [number, number, number, number] {
	const [x1, y1] = [Math.min(a.x1, b.x1), Math.min(a.y1, b.y1)];
	const [width, height] = [Math.max(a.x2, b.x2) - x1, Math.max(a.y2, b.y2) - y1];
	const margin = Math.max(width, height, 1) * 0.08;
	return [x1 - margin, y1 - margin, width + 2 * margin, height + 2 * margin];
}

// Boxes as text in the system's clipboard, so that they go from image to image and from window to window.
// Categories go by name, because another project has other ids.

import type { Annotation, BoundingBox, CategoryId, CategoryView, ImageId, ImageSize } from "../../bindings";
import { boxAround, boxHeight, boxWidth, clampedBox, movedBox } from "../../geometry/bounding-box";
import { categoryNamed } from "../../geometry/changes";

export type CopiedBox = { readonly bbox: BoundingBox; readonly category: string | null };
export type CopiedBoxes = { readonly image: ImageId; readonly boxes: readonly CopiedBox[] };

/** What tells our text from any other. */
const KIND = "boxes";

export function textOfBoxes({ image, boxes }: CopiedBoxes): string {
	return JSON.stringify({ bauta: KIND, image, boxes });
}

/** The boxes in a text that `textOfBoxes` made; null for any other text. */
export function boxesFromText(text: string | null): CopiedBoxes | null {
	if (text === null || !text.startsWith("{")) return null;
	let found: unknown;
	try {
		found = JSON.parse(text);
	} catch {
		return null;
	}
	if (!isRecord(found) || found.bauta !== KIND || typeof found.image !== "string" || !Array.isArray(found.boxes))
		return null;
	const boxes = found.boxes.map(copiedBox);
	return boxes.every((box) => box !== null) && boxes.length > 0 ? { image: found.image, boxes } : null;
}

function copiedBox(value: unknown): CopiedBox | null {
	if (!isRecord(value) || !isRecord(value.bbox)) return null;
	const { x1, y1, x2, y2 } = value.bbox;
	if (![x1, y1, x2, y2].every(Number.isFinite)) return null;
	const category = typeof value.category === "string" ? value.category : null;
	return { bbox: { x1, y1, x2, y2 } as BoundingBox, category };
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null;
}

export function copiedBoxes(
	image: ImageId,
	annotations: readonly Annotation[],
	categories: readonly CategoryView[],
): CopiedBoxes {
	const name = (id: CategoryId | null) => categories.find((category) => category.id === id)?.name ?? null;
	return { image, boxes: annotations.map(({ bbox, category }) => ({ bbox, category: name(category) })) };
}

/** The boxes as they fit on a picture of this size: at their place, moved inside, cut only where they are too large. */
export function placedOn(boxes: readonly CopiedBox[], size: ImageSize): readonly CopiedBox[] {
	return boxes.map(({ bbox, category }) => ({ bbox: clampedBox(movedBox(bbox, 0, 0, size), size), category }));
}

/** The category of this name here; null also when there is none of that name. */
export function categoryHere(name: string | null, categories: readonly CategoryView[]): CategoryId | null {
	return name === null ? null : categoryNamed(name, categories);
}

/** How far apart the copies of a group may lie from it, nearest first: beside it on every side, then further out. */
export function offsetsBeside(boxes: readonly CopiedBox[], size: ImageSize): readonly (readonly [number, number])[] {
	const around = boxAround(boxes.map(({ bbox }) => bbox));
	if (!around) return [];
	const gap = Math.round(Math.max(4, 0.05 * Math.max(boxWidth(around), boxHeight(around))));
	const [dx, dy] = [boxWidth(around) + gap, boxHeight(around) + gap];
	const rings = [1, 2, 3].flatMap((ring) => {
		const steps = Array.from({ length: 2 * ring + 1 }, (_, index) => index - ring);
		const all = steps.flatMap((row) => steps.map((column) => [column, row] as const));
		const edge = all.filter(([column, row]) => Math.max(Math.abs(column), Math.abs(row)) === ring);
		// To the right first, as one reads.
		return edge.sort((a, b) => distance(a) - distance(b) || b[0] - a[0] || b[1] - a[1]);
	});
	return rings
		.map(([column, row]) => [column * dx, row * dy] as const)
		.filter(
			([x, y]) =>
				around.x1 + x >= 0 && around.y1 + y >= 0 && around.x2 + x <= size.width && around.y2 + y <= size.height,
		);
}

function distance([column, row]: readonly [number, number]): number {
	return Math.abs(column) + Math.abs(row);
}

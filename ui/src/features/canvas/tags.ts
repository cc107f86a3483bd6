// What stands on a box and where: decided here, painted in render.ts.

import type { Annotation, BoundingBox, CategoryView } from "../../bindings";
import { isOpen } from "../../geometry/changes";
import { textOn } from "../../shared/contrast";
import { percent, t } from "../../shared/messages";
import type { Stage } from "./viewport";

export const TAG_HEIGHT = 18;
export const TAG_PADDING = 5;

/** Boxes without a category: a grey that no category has. */
export const NO_CATEGORY_COLOR = "#c4c7cc";

export type BoxLook = {
	readonly color: string;
	readonly textColor: "#000000" | "#ffffff";
	readonly text: string;
	readonly dashed: boolean;
};

export function boxLook(annotation: Annotation, categories: ReadonlyMap<string, CategoryView>): BoxLook {
	const category = annotation.category === null ? undefined : categories.get(annotation.category);
	const color = category?.color ?? NO_CATEGORY_COLOR;
	return {
		color,
		textColor: textOn(color),
		text: tagText(annotation, category),
		dashed: isOpen(annotation),
	};
}

function tagText(annotation: Annotation, category: CategoryView | undefined): string {
	const { suggestion, source, state } = annotation;
	if (category && state === "proposed" && source.kind === "detected") {
		return t("canvas.tag.suggestion", { label: category.name, share: percent(source.score) });
	}
	if (category) return category.name;
	if (suggestion) return t("canvas.tag.suggestion", { label: suggestion.label, share: percent(suggestion.confidence) });
	if (state === "proposed") {
		if (source.kind === "detected") return t("canvas.tag.proposal", { share: percent(source.score) });
		return t("canvas.tag.proposalPlain");
	}
	return t("canvas.tag.none");
}

/** CSS pixels. */
const WIDEST = 240;
const ROOMY = 72;
const NARROWEST = 28;

/**
 * How wide the tag of a box may be, best first: about as wide as the box, so that a long name does not lie on the
 * neighbours. `whole`: say all of it first, as the box that is selected alone does.
 */
export function tagWidths(box: BoundingBox, whole: boolean): readonly number[] {
	const width = box.x2 - box.x1;
	const usual = Math.min(WIDEST, Math.max(width, ROOMY));
	return [...(whole ? [WIDEST] : []), usual, ...(width >= NARROWEST && width < usual ? [width] : [])];
}

export type TagPlace = { readonly x: number; readonly y: number; readonly width: number };

/**
 * Where a tag of `width` CSS pixels may go, best first: on top of the box, below it, inside it; always whole on the
 * stage. None when the box is out of sight or too small on screen to name.
 */
export function tagPlaces(box: BoundingBox, width: number, stage: Stage): TagPlace[] {
	const outside = box.x2 < 0 || box.y2 < 0 || box.x1 > stage.width || box.y1 > stage.height;
	if (outside || Math.max(box.x2 - box.x1, box.y2 - box.y1) < TAG_HEIGHT / 2) return [];
	const x = Math.max(0, Math.min(box.x1, stage.width - width));
	const inside = Math.min(Math.max(0, box.y1), stage.height - TAG_HEIGHT);
	const outer = [box.y1 - TAG_HEIGHT, box.y2].filter((y) => y >= 0 && y + TAG_HEIGHT <= stage.height);
	return [...outer, inside].map((y) => ({ x, y, width }));
}

/** Keeps tags from lying on each other: the first of `places` that is free, or null, and then the tag is left out. */
export class TagSpace {
	/** Taken intervals by rows of one tag's height. */
	readonly #rows = new Map<number, TagPlace[]>();

	take(places: readonly TagPlace[]): TagPlace | null {
		const free = places.find((place) => !this.#taken(place)) ?? null;
		if (free) for (const row of rowsOf(free)) this.#rows.set(row, [...(this.#rows.get(row) ?? []), free]);
		return free;
	}

	#taken(place: TagPlace): boolean {
		return rowsOf(place).some((row) => this.#rows.get(row)?.some((other) => overlap(place, other)));
	}
}

function rowsOf({ y }: TagPlace): number[] {
	const first = Math.floor(y / TAG_HEIGHT);
	return [first, first + 1];
}

function overlap(a: TagPlace, b: TagPlace): boolean {
	const across = a.x < b.x + b.width && b.x < a.x + a.width;
	return across && Math.abs(a.y - b.y) < TAG_HEIGHT;
}

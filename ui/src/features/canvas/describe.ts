// What the canvas says in words.

import type { Annotation, CategoryView } from "../../bindings";
import { boxHeight, boxWidth } from "../../geometry/bounding-box";
import type { BoxRejection } from "../../geometry/rules";
import { percent, t, wholeNumber } from "../../shared/messages";

/** Why a box is not kept, in the words of the Rust rules. */
export function rejectionText(rejection: BoxRejection): string {
	switch (rejection.kind) {
		case "sideTooShort": {
			const { width, height, minSide } = rejection;
			return t("rules.sideTooShort", {
				width: wholeNumber(width),
				height: wholeNumber(height),
				minSide: wholeNumber(minSide),
			});
		}
		case "areaTooSmall":
			return t("rules.areaTooSmall", { area: wholeNumber(rejection.area), minArea: wholeNumber(rejection.minArea) });
		case "overlaps":
			return t("rules.overlaps", { overlap: percent(rejection.overlap), maxOverlap: percent(rejection.maxOverlap) });
		default:
			return rejection satisfies never;
	}
}

/** The same in a few words, for the tag beside a box that is being drawn. */
export function refusalText(rejection: BoxRejection): string {
	switch (rejection.kind) {
		case "sideTooShort":
			return t("canvas.refused.side", { minSide: wholeNumber(rejection.minSide) });
		case "areaTooSmall":
			return t("canvas.refused.area", { minArea: wholeNumber(rejection.minArea) });
		case "overlaps": {
			const { overlap, maxOverlap } = rejection;
			return t("canvas.refused.overlap", { overlap: percent(overlap), maxOverlap: percent(maxOverlap) });
		}
		default:
			return rejection satisfies never;
	}
}

export function categoryName(annotation: Annotation, categories: readonly CategoryView[]): string {
	return categories.find((category) => category.id === annotation.category)?.name ?? t("category.none");
}

export function sizeText(annotation: Annotation): string {
	const [width, height] = [boxWidth(annotation.bbox), boxHeight(annotation.bbox)];
	return t("boxes.size", { width: wholeNumber(width), height: wholeNumber(height) });
}

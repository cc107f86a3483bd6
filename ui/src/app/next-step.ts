import type { CategoryView } from "../bindings";

export type WorkStep = "label" | "train" | "live";

/** Fewer boxes of a category than this are not worth a training. */
const ENOUGH = 10;

/** What would bring the user on most: label until two categories have some boxes, train until there is a model. */
export function nextStep(categories: readonly CategoryView[], hasModel: boolean): WorkStep {
	if (hasModel) return "live";
	return categories.filter((category) => category.boxes >= ENOUGH).length >= 2 ? "train" : "label";
}

// What has to be said of a model that another program made.

import type { ChannelOrder, ForeignAnswers, ForeignFacts, ValueRange } from "../../bindings";

export const ORDERS: readonly ChannelOrder[] = ["rgb", "bgr"];
export const RANGES: readonly ValueRange[] = ["imageNet", "unit", "signed", "bytes"];

/** What the fields hold. */
export type ForeignForm = { side: number | null; order: ChannelOrder; range: ValueRange; labels: string };

/** What the file tells, or the commonest. */
export function formOf(facts: ForeignFacts): ForeignForm {
	return {
		side: facts.side ?? 224,
		order: facts.order ?? "rgb",
		range: facts.takesBytes ? "bytes" : (facts.range ?? "imageNet"),
		labels: facts.labels.join("\n"),
	};
}

/** The labels of the lines. */
export function linesOf(labels: string): string[] {
	return labels
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "");
}

export type ForeignProblem = "side" | "count" | "twice";

/** The answers, or what keeps them from being ones. */
export function answersOf(form: ForeignForm, facts: ForeignFacts): ForeignAnswers | ForeignProblem {
	const { side, order, range } = form;
	if (side === null || !Number.isInteger(side) || side < 16 || side > 1024) return "side";
	const labels = linesOf(form.labels);
	if (labels.length !== facts.scores) return "count";
	if (new Set(labels).size !== labels.length) return "twice";
	return { side, order, range, labels };
}

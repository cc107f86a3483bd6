// What a figure or a table shows, in plain words.

import type { ConfusionMatrix, EpochFigures } from "../../bindings";
import { t } from "../messages";
import { numberOrNull } from "./plot";

const NUMBERS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"] as const;

/** A share as one of so many: 0.125 → "one case out of eight", 0.75 → "75 cases out of a hundred". */
export function outOf(share: number): string {
	if (share <= 0) return t("words.never");
	if (share >= 0.995) return t("words.always");
	const count = Math.round(1 / share);
	const word = NUMBERS[count - 2];
	if (share > 0.5 || Math.abs(1 / share - count) > 0.2 * count)
		return t("words.ofHundred", { count: Math.round(100 * share) });
	return t("words.oneOf", { count: word ? t(`number.${word}`) : String(count) });
}

/** What is confused most, by its share of the category. */
export function confusionSentence({ labels, counts }: ConfusionMatrix): string {
	const total = counts.flat().reduce((sum, count) => sum + count, 0);
	if (total === 0) return t("words.confusionNothing");
	let worst = { truth: "", said: "", share: 0 };
	for (const [row, of] of counts.entries()) {
		const sum = of.reduce((all, count) => all + count, 0);
		for (const [column, count] of of.entries()) {
			if (row !== column && sum > 0 && count / sum > worst.share)
				worst = { truth: labels[row] ?? "", said: labels[column] ?? "", share: count / sum };
		}
	}
	if (worst.share === 0) return t("words.confusionNone", { count: total });
	return t("words.confusion", { truth: worst.truth, said: worst.said, share: outOf(worst.share) });
}

/** Whether more epochs would help, as the validation losses say it. */
export function courseSentence(figures: readonly EpochFigures[]): string {
	const losses = figures.map(({ valLoss }) => numberOrNull(valLoss) ?? Number.POSITIVE_INFINITY);
	const lowest = Math.min(...losses);
	if (figures.length < 2 || !Number.isFinite(lowest)) return t("words.courseShort");
	const epoch = figures[losses.indexOf(lowest)]?.epoch ?? 1;
	const last = losses.at(-1) ?? lowest;
	if (last > 1.1 * lowest) return t("words.courseRose", { epoch });
	if (epoch === figures.at(-1)?.epoch) return t("words.courseFalling");
	return t("words.courseFlat", { epoch });
}

/** What the accuracies say. */
export function accuracySentence(figures: readonly EpochFigures[]): string {
	// As the program chooses the epoch that it keeps.
	const [best] = figures.toSorted((a, b) => b.valAccuracy - a.valAccuracy || a.valLoss - b.valLoss);
	const last = figures.at(-1);
	if (!best || !last) return t("words.courseShort");
	const known = t("words.accuracyBest", { epoch: best.epoch, accuracy: best.valAccuracy.toFixed(2) });
	const gap = last.accuracy - last.valAccuracy;
	return gap > 0.1 ? `${known} ${t("words.accuracyGap", { points: Math.round(100 * gap) })}` : known;
}

/** The category that is found worst. */
export function reportSentence(
	report: readonly { label: string; precision: number; recall: number; support: number }[],
): string {
	const checked = report.filter(({ support }) => support > 0);
	const worst = checked.reduce<(typeof checked)[number] | null>(
		(low, one) => (low && low.recall <= one.recall ? low : one),
		null,
	);
	if (!worst) return t("words.confusionNothing");
	if (worst.recall > 0.995) return t("words.reportAll");
	const missed = Math.round((1 - worst.recall) * worst.support);
	return t("words.report", { label: worst.label, missed, count: worst.support });
}

// A training in few words.

import type { RunView, TrainingConfig } from "../../bindings";
import { percent, t } from "../../shared/messages";

/** The settings in a line. */
export function settingsLine(config: TrainingConfig): string {
	const network = t(`training.architecture.${config.architecture}`);
	return t("runs.settings", {
		network,
		size: config.imageSize,
		epochs: config.epochs,
		loss: t(`training.loss.${config.loss}`),
		rate: String(config.learningRate),
		seed: config.seed,
	});
}

/** "0.83 (0.75 to 0.89)", or why there is no figure. */
export function accuracyLine(run: RunView): string {
	const { summary } = run;
	if (!summary) return t("runs.noAccuracy");
	const interval = summary.valAccuracyInterval;
	const value = summary.valAccuracy.toFixed(2);
	if (!interval) return value;
	return t("runs.accuracy", { value, low: interval.low.toFixed(2), high: interval.high.toFixed(2) });
}

export function outcomeLine(run: RunView): string {
	const done = t("runs.epochsDone", { done: run.figures.length, epochs: run.config.epochs });
	return `${t(`runs.outcome.${run.outcome}`)}, ${done}`;
}

/** Every setting with its value, those of the changes one by one. */
export function allSettings(config: TrainingConfig): { name: string; value: string }[] {
	return Object.entries(config).flatMap(([name, value]) =>
		value !== null && typeof value === "object"
			? Object.entries(value).map(([part, inner]) => ({ name: `${name}.${part}`, value: String(inner) }))
			: [{ name, value: value === null ? "–" : String(value) }],
	);
}

/** Names of trainings, no two the same: those that others have as well get a number. */
export function uniqueNames(runs: readonly RunView[]): string[] {
	const given = new Set<string>();
	return runs.map(({ name }) => {
		let unique = name;
		for (let number = 2; given.has(unique); number++) unique = `${name} (${number})`;
		given.add(unique);
		return unique;
	});
}

/** Which of the trainings is better, if these data can say it. */
export function comparisonSentence(runs: readonly RunView[], samePictures: boolean): string {
	const names = uniqueNames(runs);
	const known = runs.flatMap((run, at) => (run.summary ? [{ name: names[at] ?? run.name, summary: run.summary }] : []));
	if (known.length < 2) return t("runs.compare.few");
	if (!samePictures) return t("runs.compare.otherPictures");
	const [best, next] = known.toSorted((a, b) => b.summary.valAccuracy - a.summary.valAccuracy);
	if (!best || !next) return t("runs.compare.few");
	const [high, low] = [percent(best.summary.valAccuracy), percent(next.summary.valAccuracy)];
	const words = { best: best.name, next: next.name, high, low };
	const [ofBest, ofNext] = [best.summary.valAccuracyInterval, next.summary.valAccuracyInterval];
	const apart = ofBest && ofNext && ofBest.low > ofNext.high;
	return apart ? t("runs.compare.better", words) : t("runs.compare.noDifference", words);
}

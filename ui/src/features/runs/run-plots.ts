// The figures of trainings as data: loss and accuracy over epochs.

import type { RunView, StepCurves } from "../../bindings";
import { t } from "../../shared/messages";
import { numberOrNull, type Plot, type PlotLine } from "../../shared/plots/plot";
import { uniqueNames } from "./describe-run";

type Figure = "loss" | "accuracy";

/**
 * One training: its steps thin, where they were recorded, and the pictures kept aside thick; without lines while the
 * steps are on their way.
 */
export function runPlot(run: RunView, steps: StepCurves | null | undefined, figure: Figure): Plot {
	if (steps === undefined) return plotOf(figure, []);
	const training = steps && steps.epochs.length > 0 ? stepLine(steps, figure) : epochLine(run, figure);
	return plotOf(figure, [
		{ ...training, label: t("training.series.training"), thick: false, color: figure === "loss" ? 0 : 1 },
		{
			...checkLine(run, figure),
			label: t("training.series.validation"),
			thick: true,
			color: figure === "loss" ? 0 : 1,
		},
	]);
}

/** Several trainings over each other: a colour each, the training side thin, the validation side thick. */
export function overlay(runs: readonly RunView[], figure: Figure): Plot {
	const names = uniqueNames(runs);
	const lines = runs.flatMap((run, color): PlotLine[] => [
		{ ...checkLine(run, figure), label: t("runs.line.validation", { name: names[color] ?? "" }), thick: true, color },
		{ ...epochLine(run, figure), label: t("runs.line.training", { name: names[color] ?? "" }), thick: false, color },
	]);
	return plotOf(figure, lines);
}

function plotOf(figure: Figure, lines: readonly PlotLine[]): Plot {
	return {
		title: t(`training.figure.${figure}`),
		xLabel: t("training.axis.epoch"),
		yLabel: t(`training.figure.${figure}`),
		yMax: figure === "accuracy" ? 1 : null,
		lines,
	};
}

function stepLine(steps: StepCurves, figure: Figure) {
	return { x: steps.epochs, y: (figure === "loss" ? steps.losses : steps.accuracies).map(numberOrNull) };
}

function epochLine(run: RunView, figure: Figure) {
	return { x: run.figures.map(({ epoch }) => epoch), y: run.figures.map((one) => numberOrNull(one[figure])) };
}

function checkLine(run: RunView, figure: Figure) {
	const value = (one: RunView["figures"][number]) => numberOrNull(figure === "loss" ? one.valLoss : one.valAccuracy);
	return { x: run.figures.map(({ epoch }) => epoch), y: run.figures.map(value) };
}

// The data and the look of the two charts, loss and accuracy over epochs: training thin, validation thick, one
// colour for the run.

import type uPlot from "uplot";
import { t } from "../../shared/messages";
import type { Course, StepFigures } from "./progress";

export type Figure = "loss" | "accuracy";
/** Epochs, training values, validation values. */
export type CurveData = [number[], number[], (number | null)[]];

/** Finished epochs and, where the current one stands, its running mean. */
export function curveData(course: Course, step: StepFigures | null, figure: Figure): CurveData {
	const data: CurveData = [[], [], []];
	for (const epoch of course.epochs) {
		data[0].push(epoch.epoch);
		data[1].push(epoch[figure]);
		data[2].push(figure === "loss" ? epoch.valLoss : epoch.valAccuracy);
	}
	if (step && step.epoch > course.epochs.length && step.steps > 0) {
		data[0].push(step.epoch - 1 + step.step / step.steps);
		data[1].push(step[figure]);
		data[2].push(null);
	}
	return data;
}

export type CurveColors = { line: string; ink: string; grid: string; font: string };

/** Where the axis of epochs ends: at the last one, unless so many are planned that those which are done would be a dot. */
export function shownEpochs(planned: number, done: number | null): number {
	return Math.max(2, Math.min(planned, Math.max(20, Math.ceil(1.5 * (done ?? 0)))));
}

export function curveOptions(
	figure: Figure,
	epochs: number,
	width: number,
	height: number,
	colors: CurveColors,
): uPlot.Options {
	const axis = {
		stroke: colors.ink,
		font: `11px ${colors.font}`,
		labelFont: `11px ${colors.font}`,
		grid: { stroke: colors.grid, width: 1 },
		ticks: { stroke: colors.grid, width: 1, size: 4 },
		labelGap: 0,
		labelSize: 18,
	};
	const shown = (value: number | null) => (value === null ? "–" : value.toFixed(3));
	return {
		width,
		height,
		scales: {
			x: { time: false, range: (_plot, _min, max) => [0, shownEpochs(epochs, max)] },
			y: figure === "accuracy" ? { range: [0, 1] } : { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 1e-6)] },
		},
		cursor: { drag: { x: false, y: false } },
		legend: { live: true, markers: { width: (_plot, index) => (index === 2 ? 4 : 1) } },
		axes: [
			{ ...axis, label: t("training.axis.epoch"), size: 26, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
			{ ...axis, label: t(`training.figure.${figure}`), size: 46 },
		],
		series: [
			{ label: t("training.axis.epoch"), value: (_plot, value) => (value === null ? "–" : String(Math.ceil(value))) },
			{
				label: t("training.series.training"),
				stroke: colors.line,
				width: 1,
				points: { show: true, size: 4 },
				value: (_plot, value) => shown(value),
			},
			{
				label: t("training.series.validation"),
				stroke: colors.line,
				width: 3,
				points: { show: true, size: 7 },
				value: (_plot, value) => shown(value),
			},
		],
	};
}

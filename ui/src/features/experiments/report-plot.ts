// A report's curves as a figure of the window.

import type { Plot as ReportPlot } from "../../bindings";
import { t } from "../../shared/messages";
import { numberOrNull, type Plot } from "../../shared/plots/plot";

export function plotOf(plot: ReportPlot): Plot {
	const isTwice = (name: string) => plot.series.filter((one) => one.name === name).length > 1;
	// A thin and a thick curve of one name are the two sides of a division.
	const label = (name: string, thick: boolean) =>
		isTwice(name) ? t(thick ? "runs.line.validation" : "runs.line.training", { name }) : name;
	return {
		title: plot.title,
		xLabel: plot.x,
		yLabel: plot.y,
		yMax: plot.isShare ? 1 : null,
		lines: plot.series.map(({ name, isThick, colour, points }) => {
			const known = points.filter(([x]) => x !== null);
			return {
				label: label(name, isThick),
				thick: isThick,
				color: colour,
				x: known.map(([x]) => x ?? 0),
				y: known.map(([, y]) => numberOrNull(y)),
			};
		}),
	};
}

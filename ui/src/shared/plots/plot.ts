// A figure as plain data, whichever way it is shown: on the screen, as a picture, as numbers.

export type PlotLine = {
	readonly label: string;
	/** Validation is drawn thick, training thin. */
	readonly thick: boolean;
	/** Which of the figure's colours: lines of one run share theirs. */
	readonly color: number;
	readonly x: readonly number[];
	/** As many values; null where there is none. */
	readonly y: readonly (number | null)[];
};

export type Plot = {
	readonly title: string;
	readonly xLabel: string;
	readonly yLabel: string;
	/** Where the y axis ends, when that is fixed; it begins at 0. */
	readonly yMax: number | null;
	readonly lines: readonly PlotLine[];
};

/** Colours that a figure has; further runs begin anew. */
export const COLORS = 6;

/** A value as JSON brings it: what was no number came as null. */
export function numberOrNull(value: number | null): number | null {
	return value === null || !Number.isFinite(value) ? null : value;
}

/** The largest value of each axis, at least a little above 0. */
export function extent(plot: Plot): { x: number; y: number } {
	let [x, y] = [1e-9, 1e-9];
	for (const line of plot.lines) {
		for (const value of line.x) x = Math.max(x, value);
		for (const value of line.y) if (value !== null) y = Math.max(y, value);
	}
	return { x, y: plot.yMax ?? y * 1.1 };
}

/** The numbers of a figure as CSV: a line for each place on the x axis. */
export function plotCsv(plot: Plot): string {
	const rows = new Map<number, (number | null)[]>();
	for (const [index, line] of plot.lines.entries()) {
		for (const [place, x] of line.x.entries()) {
			const row = rows.get(x) ?? plot.lines.map(() => null);
			row[index] = line.y[place] ?? null;
			rows.set(x, row);
		}
	}
	const head = [plot.xLabel, ...plot.lines.map(({ label }) => label)];
	const body = [...rows].sort(([a], [b]) => a - b).map(([x, values]) => [x, ...values]);
	return csv([head, ...body]);
}

/**
 * Rows as CSV after RFC 4180, with the line ends that it asks for. A name that a spreadsheet would take for a formula
 * gets an apostrophe, as in all tables of the program.
 */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
	const cell = (value: string | number | null) => {
		const isRisky = typeof value === "string" && /^'*[=+\-@\t\r]/.test(value);
		const text = value === null ? "" : `${isRisky ? "'" : ""}${value}`;
		return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
	};
	return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

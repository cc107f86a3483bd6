// A figure as an SVG document of its own, on white: for papers, slides and print.

import { extent, type Plot, type PlotLine } from "./plot";

const [WIDTH, HEIGHT] = [720, 420];
const FRAME = { left: 64, right: 16, top: 32, bottom: 48 };
const LEGEND_LINE = 18;
/** Okabe and Ito's, dark enough for white paper; as the tokens of the light theme. */
const PAPER_COLORS = ["#b36b00", "#0072b2", "#00795a", "#a8447f", "#b34700", "#5a5f66"] as const;

export function plotSvg(plot: Plot): string {
	const { x: xMax, y: yMax } = extent(plot);
	const legend = plot.lines.length * LEGEND_LINE;
	const [width, height] = [WIDTH - FRAME.left - FRAME.right, HEIGHT - FRAME.top - FRAME.bottom];
	const x = (value: number) => FRAME.left + (value / xMax) * width;
	const y = (value: number) => FRAME.top + height - (Math.min(value, yMax) / yMax) * height;
	const text = (at: [number, number], anchor: string, words: string, more = "") =>
		`<text x="${round(at[0])}" y="${round(at[1])}" text-anchor="${anchor}"${more}>${escaped(words)}</text>`;
	const parts = [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT + legend}" viewBox="0 0 ${WIDTH} ${HEIGHT + legend}" font-family="sans-serif" font-size="12" fill="#1c1d20">`,
		`<title>${escaped(plot.title)}</title>`,
		`<rect width="${WIDTH}" height="${HEIGHT + legend}" fill="#ffffff"/>`,
		text([FRAME.left, 20], "start", plot.title, ' font-size="14" font-weight="600"'),
	];
	for (const tick of ticks(yMax)) {
		parts.push(
			`<line x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${round(y(tick))}" y2="${round(y(tick))}" stroke="#d4d6da"/>`,
			text([FRAME.left - 6, y(tick) + 4], "end", String(tick)),
		);
	}
	for (const tick of ticks(xMax)) parts.push(text([x(tick), FRAME.top + height + 16], "middle", String(tick)));
	parts.push(
		text([FRAME.left + width / 2, HEIGHT - 10], "middle", plot.xLabel),
		`<g transform="translate(16 ${FRAME.top + height / 2}) rotate(-90)">${text([0, 0], "middle", plot.yLabel)}</g>`,
	);
	for (const [index, line] of plot.lines.entries()) {
		const stroke = `stroke="${PAPER_COLORS[line.color % PAPER_COLORS.length]}" stroke-width="${line.thick ? 3 : 1}" fill="none"`;
		parts.push(`<path d="${path(line, x, y)}" ${stroke} stroke-linejoin="round"/>`);
		const below = HEIGHT + index * LEGEND_LINE;
		parts.push(
			`<path d="M${FRAME.left} ${below}h24" ${stroke}/>`,
			text([FRAME.left + 32, below + 4], "start", line.label),
		);
	}
	return `${parts.join("\n")}\n</svg>\n`;
}

/** The figure as PNG, twice as large for sharp print. */
export async function plotPng(plot: Plot): Promise<Uint8Array> {
	const picture = new Image();
	picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(plotSvg(plot))}`;
	await picture.decode();
	const canvas = document.createElement("canvas");
	[canvas.width, canvas.height] = [2 * picture.naturalWidth, 2 * picture.naturalHeight];
	canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
	const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
	return new Uint8Array((await made?.arrayBuffer()) ?? []);
}

function path(line: PlotLine, x: (value: number) => number, y: (value: number) => number): string {
	let drawn = "";
	let pen = "M";
	for (const [index, value] of line.y.entries()) {
		const place = line.x[index];
		// A gap lifts the pen.
		if (value === null || place === undefined) pen = "M";
		else {
			drawn += `${pen}${round(x(place))} ${round(y(value))}`;
			pen = "L";
		}
	}
	return drawn;
}

/** Round numbers from 0, about five of them. */
function ticks(max: number): number[] {
	const rough = max / 5;
	const ten = 10 ** Math.floor(Math.log10(rough));
	const step = ([1, 2, 5, 10].find((factor) => factor * ten >= rough) ?? 10) * ten;
	const count = Math.floor(max / step + 1e-9);
	return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

const round = (value: number) => Number(value.toFixed(1));
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

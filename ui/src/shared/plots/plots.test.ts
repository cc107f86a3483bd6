// @vitest-environment node
import { expect, test } from "vitest";
import { csv, type Plot, plotCsv } from "./plot";
import { plotSvg } from "./plot-svg";
import { confusionSentence, courseSentence, outOf, reportSentence } from "./words";

const plot: Plot = {
	title: "Loss <1>",
	xLabel: "Epoch",
	yLabel: "Loss",
	yMax: null,
	lines: [
		{ label: 'a "quoted"', thick: true, color: 0, x: [1, 2], y: [0.5, null] },
		{ label: "b", thick: false, color: 1, x: [0.5, 1], y: [0.9, 0.4] },
	],
};

test("the numbers of a figure are one line for each place, empty where a line has none", () => {
	expect(plotCsv(plot)).toBe('Epoch,"a ""quoted""",b\r\n0.5,,0.9\r\n1,0.5,0.4\r\n2,,\r\n');
});

test("a cell with a comma or a line end is quoted", () => {
	expect(csv([["a,b", "c\nd", null, 1]])).toBe('"a,b","c\nd",,1\r\n');
});

test("a name that looks like a formula gets an apostrophe, and a number below 0 does not", () => {
	expect(csv([["=HYPERLINK(1)", "'@a", "a=b", -1]])).toBe("'=HYPERLINK(1),''@a,a=b,-1\r\n");
});

test("a figure as SVG has its lines, thick and thin, and escapes its words", () => {
	const svg = plotSvg(plot);
	expect(svg).toContain("<title>Loss &lt;1></title>");
	expect(svg.match(/stroke-width="3"/g)).toHaveLength(2);
	expect(svg.match(/stroke-width="1"/g)).toHaveLength(2);
	// A gap draws nothing.
	expect(svg).not.toContain("NaN");
});

test("shares are said as people say them", () => {
	expect(outOf(0.125)).toBe("one case out of eight");
	expect(outOf(0.5)).toBe("one case out of two");
	expect(outOf(0.75)).toBe("75 cases out of a hundred");
	expect(outOf(0)).toBe("never");
});

test("the confusion is said by what is confused most for its size", () => {
	const matrix = (counts: number[][]) => ({ labels: ["ffp2", "op_mask"], counts });
	expect(
		confusionSentence(
			matrix([
				[7, 1],
				[0, 90],
			]),
		),
	).toBe("It takes ffp2 for op_mask in one case out of eight.");
	expect(
		confusionSentence(
			matrix([
				[7, 0],
				[0, 3],
			]),
		),
	).toContain("None of the 10 pictures");
	expect(
		confusionSentence(
			matrix([
				[0, 0],
				[0, 0],
			]),
		),
	).toContain("No picture");
});

test("a course says whether more epochs would help", () => {
	const figures = (losses: (number | null)[]) =>
		losses.map((valLoss, index) => ({
			epoch: index + 1,
			loss: 1,
			accuracy: 0.5,
			valLoss: valLoss as number,
			valAccuracy: 0.5,
			seconds: 1,
			cpuSeconds: 1,
		}));
	expect(courseSentence(figures([0.5, 0.3, 0.6]))).toContain("after epoch 2 and rose again");
	expect(courseSentence(figures([0.5, 0.4, 0.3]))).toContain("more epochs may help");
	expect(courseSentence(figures([0.5, 0.3, 0.31]))).toContain("hardly changed");
	expect(courseSentence(figures([0.5]))).toContain("too few");
	// A loss that was no number comes as null.
	expect(courseSentence(figures([null, null]))).toContain("too few");
});

test("the report names what is missed most", () => {
	const one = (label: string, recall: number) => ({ label, precision: 1, recall, support: 8 });
	expect(reportSentence([one("a", 1), one("b", 0.75)])).toBe("b is missed most: 2 of its 8 pictures.");
	expect(reportSentence([one("a", 1)])).toContain("Every category");
});

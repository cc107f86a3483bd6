// @vitest-environment node
import { expect, test } from "vitest";
import type { TrainingEvent } from "../../bindings";
import { curveData, shownEpochs } from "./curves";
import { datasetWarnings } from "./dataset-warnings";
import { afterEvents, courseOf, doneShare } from "./progress";

const started: TrainingEvent = {
	event: "started",
	labels: ["a", "b"],
	training: 80,
	validation: 20,
	steps: 4,
	epochs: 5,
	resumed: 0,
	parameters: 1000,
	problems: [],
};
const step = (epoch: number, step: number): TrainingEvent => {
	return { event: "step", epoch, step, steps: 4, loss: 0.5, accuracy: 0.6, secondsLeft: 12 };
};
const epoch = (number: number): TrainingEvent => {
	const figures = { loss: 0.4, accuracy: 0.7, valLoss: 0.45, valAccuracy: 0.65, seconds: 2, cpuSeconds: 4 };
	return { event: "epoch", epoch: number, ...figures };
};
const confusion = {
	labels: ["a", "b"],
	counts: [
		[1, 0],
		[0, 1],
	],
};
const summary = {
	model: "m",
	bestEpoch: 2,
	valAccuracy: 0.8,
	confusion,
	seconds: 9,
	cancelled: true,
	stoppedEarly: false,
	valAccuracyInterval: null,
};

test("what went wrong on the way is kept, the latest few", () => {
	const warnings = ["1", "2", "3", "4"].map((message): TrainingEvent => ({ event: "warning", message }));
	expect(afterEvents([started, ...warnings, step(1, 1)])).toMatchObject({ course: { warnings: ["2", "3", "4"] } });
});

test("a training goes from preparing over running to finished", () => {
	expect(afterEvents([{ event: "preparing", done: 3, total: 9 }])).toEqual({ kind: "preparing", done: 3, total: 9 });
	expect(afterEvents([started, step(1, 2)])).toMatchObject({ kind: "running", step: { step: 2 } });
	const finished = afterEvents([started, epoch(1), epoch(2), { event: "finished", ...summary }]);
	expect(finished).toMatchObject({ kind: "finished", summary: { bestEpoch: 2, cancelled: true } });
	expect(courseOf(finished)?.epochs).toHaveLength(2);
});

test("an epoch that is heard of twice counts once", () => {
	expect(courseOf(afterEvents([started, epoch(1), epoch(1)]))?.epochs).toHaveLength(1);
});

test("a failure keeps the curves up to then", () => {
	const failed = afterEvents([started, epoch(1), { event: "failed", message: "the disk is full" }]);
	expect(failed).toMatchObject({ kind: "failed", message: "the disk is full", course: { epochs: [{ epoch: 1 }] } });
});

test("cancelled before the first epoch there is nothing to show", () => {
	expect(afterEvents([started, step(1, 1), { event: "cancelled" }])).toEqual({ kind: "cancelled" });
});

test("the curves grow by epochs and, for the training side, by the running one", () => {
	const state = afterEvents([started, epoch(1), step(2, 2)]);
	if (state.kind !== "running") throw new Error("it runs");
	expect(curveData(state.course, state.step, "loss")).toEqual([
		[1, 1.5],
		[0.4, 0.5],
		[0.45, null],
	]);
	expect(curveData(state.course, state.step, "accuracy")[1]).toEqual([0.7, 0.6]);
	expect(doneShare(state.course, state.step)).toBeCloseTo(0.3);
});

test("a dataset that is small or one-sided is warned about", () => {
	expect(
		datasetWarnings([
			{ label: "a", count: 50 },
			{ label: "b", count: 40 },
		]),
	).toEqual([]);
	const warnings = datasetWarnings([
		{ label: "a", count: 90 },
		{ label: "b", count: 9 },
	]);
	expect(warnings).toHaveLength(2);
	expect(warnings[0]).toContain("b has fewer than 20");
	expect(warnings[1]).toContain("a has 10 times");
});

test("the axis of epochs ends where one can see what is done", () => {
	expect([shownEpochs(15, 3), shownEpochs(900, 8), shownEpochs(900, 100), shownEpochs(1, null)]).toEqual([
		15, 20, 150, 2,
	]);
});

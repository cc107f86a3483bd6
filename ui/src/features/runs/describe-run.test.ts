// @vitest-environment node
import { expect, test } from "vitest";
import type { RunView } from "../../bindings";
import { comparisonSentence, uniqueNames } from "./describe-run";

const run = (name: string, valAccuracy: number, low: number, high: number) =>
	({ name, summary: { valAccuracy, valAccuracyInterval: { low, high } } }) as RunView;

test("trainings of the same name are told apart, also in what is said of them", () => {
	const runs = [run("Sample", 0.6, 0.5, 0.7), run("Sample", 0.9, 0.8, 0.95)];
	expect(comparisonSentence(runs, true)).toBe(
		"Sample (2) is better: 90 % right against 60 % of Sample. That is more than chance explains.",
	);
});

test("a number is never one that another training has in its name", () => {
	const names = uniqueNames(["a", "a", "a (2)", "b", "a"].map((name) => run(name, 1, 1, 1)));
	expect(new Set(names).size).toBe(5);
	expect(names.slice(0, 2)).toEqual(["a", "a (2)"]);
	expect(names[3]).toBe("b");
});

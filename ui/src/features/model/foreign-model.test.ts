import { expect, test } from "vitest";
import type { ForeignFacts } from "../../bindings";
import { answersOf, formOf } from "./foreign-model";

const facts: ForeignFacts = {
	name: "theirs",
	side: null,
	channelsLast: false,
	takesBytes: false,
	scores: 2,
	givesLogits: true,
	labels: [],
	order: null,
	range: null,
};

test("the fields begin with what the file tells", () => {
	expect(formOf(facts)).toEqual({ side: 224, order: "rgb", range: "imageNet", labels: "" });
	const told = { ...facts, side: 96, order: "bgr", range: "unit", labels: ["a", "b"] } as const;
	expect(formOf({ ...told, labels: ["a", "b"] })).toEqual({ side: 96, order: "bgr", range: "unit", labels: "a\nb" });
	expect(formOf({ ...facts, takesBytes: true }).range).toBe("bytes");
});

test("answers need a size, and a label of its own for each score", () => {
	const form = { ...formOf(facts), labels: " mask \n\nno mask\n" };
	expect(answersOf(form, facts)).toEqual({ side: 224, order: "rgb", range: "imageNet", labels: ["mask", "no mask"] });
	expect(answersOf({ ...form, side: null }, facts)).toBe("side");
	expect(answersOf({ ...form, side: 2000 }, facts)).toBe("side");
	expect(answersOf({ ...form, labels: "mask" }, facts)).toBe("count");
	expect(answersOf({ ...form, labels: "mask\nmask" }, facts)).toBe("twice");
});

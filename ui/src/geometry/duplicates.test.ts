import { expect, test } from "vitest";
import type { Annotation } from "../bindings";
import { duplicateOf } from "./duplicates";

function box(id: string, x: number, score: number | null): Annotation {
	const bbox = { x1: x, y1: 0, x2: x + 100, y2: 100 };
	const source = score === null ? ({ kind: "drawn" } as const) : ({ kind: "detected", detector: "d", score } as const);
	const state = score === null ? "accepted" : "proposed";
	return { id, bbox, category: null, state, source, suggestion: null };
}

test("a proposal that mostly lies in an accepted box is its duplicate, whatever its score", () => {
	const [drawn, sure, beside] = [box("drawn", 0, null), box("sure", 30, 0.99), box("beside", 60, 0.99)];
	expect(duplicateOf(sure, [drawn, sure], 0.2)).toMatchObject({ of: { id: "drawn" }, overlap: 0.7 });
	expect(duplicateOf(beside, [drawn, beside], 0.2)).toBeNull();
	expect(duplicateOf(drawn, [drawn, sure], 0.2)).toBeNull();
});

test("of two proposals of the same thing the surer one stays", () => {
	const [sure, doubtful] = [box("sure", 0, 0.9), box("doubtful", 20, 0.4)];
	expect(duplicateOf(doubtful, [sure, doubtful], 0.2)?.of.id).toBe("sure");
	expect(duplicateOf(sure, [sure, doubtful], 0.2)).toBeNull();
});

test("where the rules let boxes overlap, overlapping boxes are no duplicates", () => {
	expect(duplicateOf(box("b", 30, 0.9), [box("a", 0, null), box("b", 30, 0.9)], 0.8)).toBeNull();
});

// @vitest-environment node
import { expect, test } from "vitest";
import type { BoundingBox, BoxRules } from "../bindings";
import { boxRejection } from "./rules";

const PAPER: BoxRules = { minArea: 40, minSide: 5, maxOverlap: 0.2 };
const bbox = (x1: number, y1: number, x2: number, y2: number): BoundingBox => ({ x1, y1, x2, y2 });
const there = (id: string, box: BoundingBox) => ({ id, bbox: box });
const neighbour = there("neighbour", bbox(100, 100, 200, 200));

// The table of crates/domain/src/rules.rs, row by row.
test.each([
	["side exactly 5", bbox(0, 0, 5, 50), "sideTooShort"],
	["side just over 5", bbox(0, 0, 5.1, 50), undefined],
	["area 36 with good sides", bbox(0, 0, 6, 6), "areaTooSmall"],
	["area exactly 40", bbox(0, 0, 8, 5 + Number.EPSILON), "sideTooShort"],
	["area 42", bbox(0, 0, 7, 6), undefined],
	["overlap exactly 20 %", bbox(180, 100, 280, 200), undefined],
	["overlap 21 %", bbox(179, 100, 279, 200), "overlaps"],
	["small box inside the neighbour", bbox(110, 110, 130, 130), "overlaps"],
])("%s", (_name, candidate, rejected) => {
	expect(boxRejection(PAPER, candidate, [neighbour])?.kind).toBe(rejected);
});

test("the largest of several overlaps is named", () => {
	const rejection = boxRejection(PAPER, bbox(150, 100, 250, 200), [there("a", bbox(240, 100, 340, 200)), neighbour]);
	expect(rejection).toEqual({ kind: "overlaps", overlap: 0.5, maxOverlap: 0.2 });
});

// @vitest-environment node
import { expect, test } from "vitest";
import type { CategoryView, LiveFace, LiveResult } from "../../bindings";
import { Bursts } from "./burst";
import { chosenFace, faceAt, framePoint } from "./choose-face";
import { canvasScale, faceText, LabelColors, shownX } from "./draw-frame";
import { isSourceField } from "./source";

const face = (track: number, x1: number, side: number, sure = true): LiveFace => ({
	track,
	bbox: { x1, y1: 0, x2: x1 + side, y2: side },
	score: 0.9,
	label: "ffp2",
	confidence: 0.55,
	sure,
});
const result = (...faces: LiveFace[]) => ({ frame: 1, size: { width: 400, height: 200 }, faces }) as LiveResult;

test("the clicked face is chosen while it is there, else the largest", () => {
	const two = result(face(1, 0, 50), face(2, 100, 80));
	expect(chosenFace(two, null)?.track).toBe(2);
	expect(chosenFace(two, 1)?.track).toBe(1);
	expect(chosenFace(two, 7)?.track).toBe(2);
	expect(chosenFace(null, 1)).toBeNull();
	expect(faceAt(two, 110, 10)?.track).toBe(2);
	expect(faceAt(two, 90, 10)).toBeNull();
});

test("a click finds its point of the frame, mirrored and in bars", () => {
	const element = { width: 400, height: 400 };
	expect(framePoint({ x: 100, y: 150 }, element, { width: 400, height: 200 }, false)).toEqual({ x: 100, y: 50 });
	expect(framePoint({ x: 100, y: 150 }, element, { width: 400, height: 200 }, true)).toEqual({ x: 300, y: 50 });
	expect(shownX(10, 50, 400, true)).toBe(340);
	expect([0.4, 1.2, 1.8, 5].map(canvasScale)).toEqual([1, 1, 2, 2]);
});

test("what it is not sure of is never said as a label", () => {
	expect(faceText(face(1, 0, 50, true))).toBe("ffp2 55 %");
	expect(faceText(face(1, 0, 50, false))).toBe("Not sure (ffp2? 55 %)");
});

test("a label has its category's colour, and one without a category a colour that no category has", () => {
	const colors = new LabelColors();
	const known = [
		{ name: "ffp2", color: "#56b4e9" } as CategoryView,
		{ name: "other", color: "#E69F00" } as CategoryView,
	];
	expect(colors.of(face(1, 0, 50), known)).toBe("#56b4e9");
	expect(colors.of({ ...face(1, 0, 50), label: "scarf" }, known)).toBe("#009e73");
	expect(colors.of({ ...face(1, 0, 50), label: "hat" }, known)).toBe("#cc79a7");
	expect(colors.of({ ...face(1, 0, 50), label: "scarf" }, known)).toBe("#009e73");
	expect(colors.of(face(1, 0, 50, false), known)).toBe("#c4c7cc");
});

test("only what the field can mean is remembered", () => {
	expect(["file", "url", "camera:3", "camera:", "x"].map(isSourceField)).toEqual([true, true, true, false, false]);
});

function bursts() {
	const saved: [string, number][] = [];
	let shown = 1;
	let finish: (() => void) | null = null;
	const burst = new Bursts({
		save: async (key, number, after) => {
			if (shown <= after) return null;
			const frame = shown;
			await new Promise<void>((done) => {
				finish = done;
			});
			saved.push([key, number]);
			return frame;
		},
	});
	const done = async () => {
		finish?.();
		await new Promise((later) => setTimeout(later));
	};
	return { burst, saved, done, next: () => (shown += 1) };
}

test("a held key saves each frame once, one at a time, as one burst", async () => {
	const { burst, saved, done, next } = bursts();
	void burst.down("1", false);
	void burst.down("1", true);
	await done();
	await burst.down("1", true);
	expect(saved).toEqual([["1", 1]]);
	next();
	void burst.down("1", true);
	await done();
	burst.up("1");
	void burst.down("1", false);
	await done();
	expect(saved).toEqual([
		["1", 1],
		["1", 1],
		["1", 2],
	]);
});

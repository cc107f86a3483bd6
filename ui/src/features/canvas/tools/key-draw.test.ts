// @vitest-environment node
import { expect, test } from "vitest";
import { imagePoint } from "../../../geometry/points";
import { bbox } from "../fixtures";
import { type KeyDrawInput, keyDrawDrafts, keyDrawOff, keyDrawStarted, keyDrawTool } from "./key-draw";

const context = { size: { width: 1000, height: 800 }, scale: 1, newId: () => "new" };
const right = { kind: "arrow", dx: 1, dy: 0, spans: false, fine: false } as const;
const down = { kind: "arrow", dx: 0, dy: 1, spans: false, fine: false } as const;
const enter = { kind: "enter" } as const;
const back = { kind: "escape" } as const;
const started = keyDrawStarted(null, bbox(0, 0, 1000, 800));

function play(inputs: readonly KeyDrawInput[], scale = 1) {
	let state = started;
	const effects = [];
	for (const input of inputs) {
		const step = keyDrawTool(state, input, { ...context, scale });
		state = step.state;
		effects.push(...step.effects);
	}
	return { state, effects };
}

test("Enter sets a corner, arrows span, Enter keeps the box and opens its popup", () => {
	const { state, effects } = play([right, enter, right, right, down, enter]);
	const change = { kind: "add", id: "new", bbox: bbox(512, 400, 536, 412), category: null };
	expect(effects).toEqual([{ kind: "commit", changes: [change], popup: "new" }]);
	expect(state).toEqual(keyDrawOff);
});

test("Shift with an arrow sets the corner and spans at once", () => {
	const { state } = play([{ ...right, spans: true }, down]);
	expect(keyDrawDrafts(state)).toEqual([{ id: null, bbox: bbox(500, 400, 512, 412) }]);
});

test("steps are as wide on screen at any zoom, and a single pixel with Ctrl", () => {
	expect(play([right], 0.25).state).toMatchObject({ cursor: { x: 548 } });
	expect(play([right], 8).state).toMatchObject({ cursor: { x: 502 } });
	expect(play([{ ...right, fine: true }], 0.25).state).toMatchObject({ cursor: { x: 501 } });
});

test("the cross stays on the picture", () => {
	expect(play(Array(99).fill(right)).state).toMatchObject({ cursor: { x: 1000, y: 400 } });
});

test("Escape first forgets the corner, then ends", () => {
	expect(play([enter, right, back]).state).toMatchObject({ kind: "pointing", cursor: { x: 512 } });
	expect(play([enter, right, back, back])).toEqual({ state: keyDrawOff, effects: [] });
});

test("the cross comes back where it was left, if that is in sight", () => {
	const last = imagePoint(70, 90);
	expect(keyDrawStarted(last, bbox(0, 0, 100, 100))).toMatchObject({ cursor: last });
	expect(keyDrawStarted(last, bbox(200, 200, 300, 300))).toMatchObject({ cursor: { x: 250, y: 250 } });
});

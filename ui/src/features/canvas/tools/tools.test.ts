// @vitest-environment node
import { expect, test } from "vitest";
import { imagePoint, screenPoint } from "../../../geometry/points";
import { bbox, drawnBox } from "../fixtures";
import { drawBoxDraft, drawBoxTool, drawIdle } from "./draw-box";
import { panIdle, panTool } from "./pan";
import { selectDraft, selectIdle, selectTool } from "./select";
import type { Draft, PointerInput, ToolContext, ToolEffect, ToolStep } from "./tool";

// Scripts of events at scale 1, where a screen point is an image point.
type Event = readonly [PointerInput["kind"], number, number];
const context: ToolContext = {
	annotations: [drawnBox("a", bbox(100, 100, 200, 200))],
	selected: null,
	size: { width: 1000, height: 800 },
	scale: 1,
	newId: () => "new",
};

function play<State>(
	tool: (state: State, input: PointerInput, context: ToolContext) => ToolStep<State>,
	idle: State,
	events: readonly Event[],
	now: ToolContext = context,
): { state: State; effects: ToolEffect[] } {
	let state = idle;
	const effects: ToolEffect[] = [];
	for (const [kind, x, y] of events) {
		const step = tool(state, { kind, image: imagePoint(x, y), screen: screenPoint(x, y) }, now);
		state = step.state;
		effects.push(...step.effects);
	}
	return { state, effects };
}

const added = (x1: number, y1: number, x2: number, y2: number): ToolEffect => ({
	kind: "commit",
	changes: [{ kind: "add", id: "new", bbox: bbox(x1, y1, x2, y2), category: null }],
	popup: "new",
});

test("press, drag, release draws a box in whichever direction", () => {
	const script: Event[] = [
		["down", 400, 400],
		["move", 350, 380],
		["up", 300, 350],
	];
	expect(play(drawBoxTool, drawIdle, script).effects).toEqual([added(300, 350, 400, 400)]);
});

test("a box drawn past the edge ends at the edge", () => {
	const script: Event[] = [
		["down", 900, 700],
		["move", 950, 750],
		["up", 5000, 5000],
	];
	expect(play(drawBoxTool, drawIdle, script).effects).toEqual([added(900, 700, 1000, 800)]);
});

test("the draft follows the pointer and nothing is made before the release", () => {
	const { state, effects } = play(drawBoxTool, drawIdle, [
		["down", 300, 300],
		["move", 320, 340],
	]);
	expect(effects).toEqual([]);
	expect(drawBoxDraft(state)).toEqual<Draft>({ id: null, bbox: bbox(300, 300, 320, 340) });
});

test("Escape in the middle of drawing makes nothing", () => {
	const script: Event[] = [
		["down", 300, 300],
		["move", 400, 400],
		["cancel", 400, 400],
		["up", 400, 400],
	];
	expect(play(drawBoxTool, drawIdle, script)).toEqual({ state: drawIdle, effects: [] });
});

test("a click without a drag selects what is there, or lets go", () => {
	const click = (x: number, y: number) =>
		play(drawBoxTool, drawIdle, [
			["down", x, y],
			["move", x + 2, y],
			["up", x + 2, y],
		]);
	expect(click(150, 150).effects).toEqual([{ kind: "select", id: "a" }]);
	expect(click(600, 600).effects).toEqual([{ kind: "select", id: null }]);
});

test("with the draw tool a handle of the selected box resizes it", () => {
	const script: Event[] = [
		["down", 200, 200],
		["move", 230, 240],
		["up", 230, 240],
	];
	const { effects } = play(drawBoxTool, drawIdle, script, { ...context, selected: "a" });
	expect(effects.at(-1)).toEqual({
		kind: "commit",
		changes: [{ kind: "setBox", id: "a", bbox: bbox(100, 100, 230, 240) }],
		popup: null,
	});
});

test("a dragged box keeps its size and the place where it was taken", () => {
	const script: Event[] = [
		["down", 150, 150],
		["move", 160, 150],
		["up", 160, 150],
	];
	const { state, effects } = play(selectTool, selectIdle, script);
	expect(effects).toEqual([
		{ kind: "select", id: "a" },
		{ kind: "commit", changes: [{ kind: "setBox", id: "a", bbox: bbox(110, 100, 210, 200) }], popup: null },
	]);
	expect(state).toEqual(selectIdle);
});

test("a click that trembles moves nothing", () => {
	const script: Event[] = [
		["down", 150, 150],
		["move", 152, 151],
		["up", 152, 151],
	];
	expect(play(selectTool, selectIdle, script).effects).toEqual([{ kind: "select", id: "a" }]);
});

test("a box dragged there and back is not a change", () => {
	const script: Event[] = [
		["down", 150, 150],
		["move", 300, 300],
		["move", 150, 150],
		["up", 150, 150],
	];
	expect(play(selectTool, selectIdle, script).effects).toEqual([{ kind: "select", id: "a" }]);
});

test("while a box is dragged its draft stands for it", () => {
	const { state } = play(selectTool, selectIdle, [
		["down", 150, 150],
		["move", 150, 190],
	]);
	expect(selectDraft(state)).toEqual({ id: "a", bbox: bbox(100, 140, 200, 240) });
});

test("on empty ground the select tool pans", () => {
	const { effects } = play(selectTool, selectIdle, [
		["down", 600, 600],
		["move", 610, 590],
		["up", 610, 590],
	]);
	expect(effects).toEqual([
		{ kind: "select", id: null },
		{ kind: "pan", dx: 10, dy: -10 },
	]);
});

test("panning reports every step once", () => {
	const script: Event[] = [
		["move", 5, 5],
		["down", 10, 10],
		["move", 13, 14],
		["move", 20, 20],
		["up", 20, 20],
		["move", 50, 50],
	];
	expect(play(panTool, panIdle, script).effects).toEqual([
		{ kind: "pan", dx: 3, dy: 4 },
		{ kind: "pan", dx: 7, dy: 6 },
	]);
});

// @vitest-environment node
import { expect, test } from "vitest";
import { imagePoint, screenPoint } from "../../../geometry/points";
import { bbox, drawnBox } from "../fixtures";
import { drawBoxDrafts, drawBoxTool, drawIdle } from "./draw-box";
import { panIdle, panTool } from "./pan";
import { bandedIds, selectBand, selectDrafts, selectIdle, selectTool } from "./select";
import type { Draft, PointerInput, ToolContext, ToolEffect, ToolStep } from "./tool";

// Scripts of events at scale 1, where a screen point is an image point.
type Event = readonly [PointerInput["kind"], number, number, "joins"?];
const context: ToolContext = {
	annotations: [drawnBox("a", bbox(100, 100, 200, 200))],
	selected: [],
	size: { width: 1000, height: 800 },
	scale: 1,
	fixed: false,
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
	for (const [kind, x, y, joins] of events) {
		const input = { kind, image: imagePoint(x, y), screen: screenPoint(x, y), joins: joins !== undefined };
		const step = tool(state, input, now);
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
	expect(drawBoxDrafts(state)).toEqual<Draft[]>([{ id: null, bbox: bbox(300, 300, 320, 340) }]);
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
	expect(click(150, 150).effects).toEqual([{ kind: "select", ids: ["a"] }]);
	expect(click(600, 600).effects).toEqual([{ kind: "select", ids: [] }]);
});

test("with the draw tool a handle of the selected box resizes it", () => {
	const script: Event[] = [
		["down", 200, 200],
		["move", 230, 240],
		["up", 230, 240],
	];
	const { effects } = play(drawBoxTool, drawIdle, script, { ...context, selected: ["a"] });
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
		{ kind: "select", ids: ["a"] },
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
	const { effects } = play(selectTool, selectIdle, script);
	expect(effects.every((effect) => effect.kind === "select" && effect.ids[0] === "a")).toBe(true);
});

test("a box dragged there and back is not a change", () => {
	const script: Event[] = [
		["down", 150, 150],
		["move", 300, 300],
		["move", 150, 150],
		["up", 150, 150],
	];
	expect(play(selectTool, selectIdle, script).effects).toEqual([{ kind: "select", ids: ["a"] }]);
});

test("a box that cannot be changed is only chosen by dragging it", () => {
	const script: Event[] = [
		["down", 150, 150],
		["move", 300, 300],
		["up", 300, 300],
	];
	const fixed = { ...context, fixed: true };
	expect(play(selectTool, selectIdle, script, fixed).effects).toEqual([
		{ kind: "select", ids: ["a"] },
		{ kind: "select", ids: ["a"] },
	]);
});

test("while a box is dragged its draft stands for it", () => {
	const { state } = play(selectTool, selectIdle, [
		["down", 150, 150],
		["move", 150, 190],
	]);
	expect(selectDrafts(state)).toEqual([{ id: "a", bbox: bbox(100, 140, 200, 240) }]);
});

const two: ToolContext = {
	...context,
	annotations: [drawnBox("a", bbox(100, 100, 200, 200)), drawnBox("b", bbox(300, 100, 400, 200))],
};
const commit = (...boxes: [string, ReturnType<typeof bbox>][]): ToolEffect => ({
	kind: "commit",
	changes: boxes.map(([id, box]) => ({ kind: "setBox", id, bbox: box })),
	popup: null,
});

test("a rubber band over empty ground selects what it touches, when it is let go", () => {
	const script: Event[] = [
		["down", 390, 300],
		["move", 300, 190],
		["move", 150, 190],
	];
	const { state, effects } = play(selectTool, selectIdle, script, two);
	expect(effects).toEqual([]);
	expect(selectBand(state)).toEqual(bbox(150, 190, 390, 300));
	expect(bandedIds(state, two.annotations)).toEqual(["a", "b"]);
	const released = play(selectTool, selectIdle, [...script, ["up", 290, 190]], two);
	expect(released.effects).toEqual([{ kind: "select", ids: ["b"] }]);
});

test("a click on empty ground lets go of the selection, with Shift it keeps it", () => {
	const selected = { ...two, selected: ["a"] };
	const click = (joins?: "joins"): Event[] => [
		["down", 600, 600, joins],
		["up", 601, 600, joins],
	];
	expect(play(selectTool, selectIdle, click(), selected).effects).toEqual([{ kind: "select", ids: [] }]);
	expect(play(selectTool, selectIdle, click("joins"), selected).effects).toEqual([{ kind: "select", ids: ["a"] }]);
});

test("Shift and a click add a box to the selection and take it out again", () => {
	const click: Event[] = [
		["down", 350, 150, "joins"],
		["up", 350, 150, "joins"],
	];
	const after = (selected: string[]) => play(selectTool, selectIdle, click, { ...two, selected }).effects;
	expect(after(["a"])).toEqual([{ kind: "select", ids: ["a", "b"] }]);
	expect(after(["a", "b"])).toEqual([{ kind: "select", ids: ["a"] }]);
	expect(play(drawBoxTool, drawIdle, click, { ...two, selected: ["a"] }).effects).toEqual([
		{ kind: "select", ids: ["a", "b"] },
	]);
});

test("dragging one of several selected boxes moves them all as one change, kept on the picture as a group", () => {
	const script: Event[] = [
		["down", 150, 150],
		["move", 100, 190],
		["up", 0, 190],
	];
	const { effects } = play(selectTool, selectIdle, script, { ...two, selected: ["a", "b"] });
	expect(effects).toEqual([commit(["a", bbox(0, 140, 100, 240)], ["b", bbox(200, 140, 300, 240)])]);
});

test("a click on one of several selected boxes chooses that one", () => {
	const script: Event[] = [
		["down", 150, 150],
		["up", 150, 150],
	];
	const { effects } = play(selectTool, selectIdle, script, { ...two, selected: ["a", "b"] });
	expect(effects).toEqual([{ kind: "select", ids: ["a"] }]);
});

test.each([
	["nw", [100, 100], [90, 80], bbox(90, 80, 200, 200)],
	["n", [150, 100], [190, 80], bbox(100, 80, 200, 200)],
	["ne", [200, 100], [210, 80], bbox(100, 80, 210, 200)],
	["e", [200, 150], [210, 190], bbox(100, 100, 210, 200)],
	["se", [200, 200], [210, 230], bbox(100, 100, 210, 230)],
	["s", [150, 200], [190, 230], bbox(100, 100, 200, 230)],
	["sw", [100, 200], [90, 230], bbox(90, 100, 200, 230)],
	["w", [100, 150], [90, 190], bbox(90, 100, 200, 200)],
] as const)("the handle %s resizes its own sides", (_name, from, to, expected) => {
	const script: Event[] = [
		["down", ...from],
		["move", ...to],
		["up", ...to],
	];
	const { effects } = play(selectTool, selectIdle, script, { ...two, selected: ["a"] });
	expect(effects).toEqual([commit(["a", expected])]);
});

test("Escape in the middle of dragging and banding changes nothing", () => {
	for (const [x, y] of [
		[150, 150],
		[600, 600],
	] as const) {
		const script: Event[] = [
			["down", x, y],
			["move", x + 90, y + 90],
			["cancel", x + 90, y + 90],
			["move", x + 99, y],
			["up", x + 99, y],
		];
		const { state, effects } = play(selectTool, selectIdle, script, { ...two, selected: ["a"] });
		expect(effects).toEqual([]);
		expect(state).toEqual(selectIdle);
	}
});

test("panning that is cancelled goes back to where it began", () => {
	const script: Event[] = [
		["down", 10, 10],
		["move", 13, 14],
		["move", 20, 20],
		["cancel", 0, 0],
	];
	expect(play(panTool, panIdle, script).effects.at(-1)).toEqual({ kind: "pan", dx: -10, dy: -10 });
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

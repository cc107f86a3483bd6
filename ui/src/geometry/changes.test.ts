// @vitest-environment node
import { expect, test } from "vitest";
import type { Annotation, CategoryView } from "../bindings";
import { acceptedBoxes, isOpen, withChanges } from "./changes";

const ffp2: CategoryView = {
	id: "c1",
	name: "ffp2",
	color: "#009e73",
	position: 0,
	hotkey: null,
	description: "",
	boxes: 0,
};
const context = { size: { width: 100, height: 100 }, categories: [ffp2] };
const proposal: Annotation = {
	id: "a1",
	bbox: { x1: 0, y1: 0, x2: 50, y2: 50 },
	category: null,
	state: "proposed",
	source: { kind: "detected", detector: "centerface", score: 0.9 },
	suggestion: { label: "FFP2", confidence: 0.8 },
};

test("box dragged past the edge is clamped", () => {
	const bbox = { x1: 50, y1: 50, x2: 500, y2: 500 };
	const [added] = withChanges([], [{ kind: "add", id: "n", bbox, category: null }], context);
	expect(added?.bbox).toEqual({ x1: 50, y1: 50, x2: 100, y2: 100 });
});

test("accepting a proposal takes the suggested category by name, without regard to case", () => {
	const [accepted] = withChanges([proposal], [{ kind: "accept", id: "a1" }], context);
	expect(accepted).toMatchObject({ state: "accepted", category: "c1", suggestion: null });
});

test("accepting keeps a suggestion that the project has no category for", () => {
	const unknown = { ...proposal, suggestion: { label: "visor", confidence: 0.8 } };
	const [accepted] = withChanges([unknown], [{ kind: "accept", id: "a1" }], context);
	expect(accepted).toMatchObject({ state: "accepted", category: null, suggestion: { label: "visor" } });
	expect(accepted && isOpen(accepted)).toBe(true);
});

test("a proposal that is moved or labelled becomes the user's", () => {
	const bbox = { x1: 1, y1: 1, x2: 51, y2: 51 };
	expect(withChanges([proposal], [{ kind: "setBox", id: "a1", bbox }], context)[0]?.state).toBe("accepted");
	expect(withChanges([proposal], [{ kind: "setCategory", id: "a1", category: null }], context)[0]).toMatchObject({
		state: "accepted",
		suggestion: null,
	});
});

test("only accepted boxes stand in the way of a new one", () => {
	expect(acceptedBoxes([proposal, { ...proposal, id: "a2", state: "accepted" }])).toHaveLength(1);
});

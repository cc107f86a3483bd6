import { afterEach, expect, test, vi } from "vitest";
import type { ForeignFacts } from "../bindings";
import { categoryNamed } from "../geometry/changes";
import { openWindow, type TestWindow } from "./test-window";

// It asks the screen for its resolution when it is imported, which jsdom does not know.
vi.mock("uplot", () => ({ default: class {} }));

let app: TestWindow;
afterEach(() => app?.close());

const foreign: ForeignFacts = {
	name: "theirs",
	side: 224,
	channelsLast: false,
	takesBytes: false,
	scores: 2,
	givesLogits: true,
	labels: ["scarf", "visor"],
	order: null,
	range: null,
};

test("classifying all asks about every box without a category and begins with the most doubtful", async () => {
	app = await openWindow({ images: 6 });
	await app.session.dispatch("model.detectAll");
	expect(app.session.shown.order).toBe("folder");
	await app.session.dispatch("model.load");
	await app.session.dispatch("model.classifyAll");
	const boxes = app.backend.project.images.flatMap((image) => image.annotations);
	expect(boxes.every((box) => box.category !== null || box.suggestion !== null)).toBe(true);
	expect(app.session.shown.order).toBe("doubt");
	const doubts = app.session.shown.rows.map((row) => row.doubt ?? -1);
	expect(doubts).toEqual(doubts.toSorted((a, b) => b - a));
	expect(app.text()).toContain("The list begins with the most doubtful");
});

test("a model of another program is asked about once, and its labels are offered as categories", async () => {
	app = await openWindow({ images: 2, foreign });
	await app.session.dispatch("model.load");
	await app.until(() => app.session.dialog?.kind === "foreignModel");
	expect(app.text()).toContain("Describe “theirs”");
	app.button("Use model").click();
	await app.until(() => app.session.model !== null);
	expect(app.session.model?.labels).toEqual(["scarf", "visor"]);
	await app.until(() => app.session.dialog === null);
	const known = () => ["scarf", "visor"].filter((label) => categoryNamed(label, app.session.categories) !== null);
	expect(known()).toEqual([]);
	await app.until(() => app.text().includes("no categories for scarf, visor"));
	app.button("Add 2 categories").click();
	await app.until(() => known().length === 2);
});

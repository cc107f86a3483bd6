import { afterEach, expect, test, vi } from "vitest";
import { screenFromImage } from "../features/canvas/viewport";
import { imagePoint, screenPoint } from "../geometry/points";
import { COMMAND_IDS } from "./command-ids";
import { openWindow, type TestWindow } from "./test-window";

// It asks the screen for its resolution when it is imported, which jsdom does not know.
vi.mock("uplot", () => ({ default: class {} }));

let app: TestWindow;
afterEach(() => app?.close());

/** Drags from one image point to another with the pointer. */
function drag(from: readonly [number, number], to: readonly [number, number]): void {
	const editor = app.session.editor;
	if (!editor) throw new Error("there is no canvas");
	const at = (point: readonly [number, number]) => screenFromImage(editor.view.viewport, imagePoint(...point));
	editor.press(at(from), { middleButton: false, joins: false });
	editor.move(screenPoint(at(from).x + 9, at(from).y + 9));
	editor.move(at(to));
	editor.release(at(to));
}

const boxes = () => app.session.canvas.annotations;
const saved = () => app.until(() => app.session.canvas.save.kind === "saved");

test("the first window says what to do and opens the sample", async () => {
	app = await openWindow();
	expect(app.text()).toContain("Teach your computer");
	app.button("Open sample").click();
	await app.until(() => app.session.rows.length === 24 && app.session.canvas.image !== null);
	expect(app.text()).toContain("img_001.jpg");
	expect(app.text()).not.toContain("Teach your computer");
});

test("a drawn box is saved, gets its category by a digit, and undo goes back step by step", async () => {
	app = await openWindow({ images: 3 });
	drag([100, 100], [500, 600]);
	expect(boxes()).toHaveLength(1);
	expect(app.session.popup).toBe(boxes()[0]?.id);
	app.text();
	app.press("3");
	await saved();
	expect(app.session.popup).toBeNull();
	expect(app.session.currentRow).toMatchObject({ boxes: 1, unlabelled: 0 });
	expect(app.text()).toContain("1/3 labelled");

	await app.session.dispatch("edit.undo");
	expect(boxes()[0]?.category).toBeNull();
	await app.session.dispatch("edit.undo");
	expect(boxes()).toEqual([]);
	await app.session.dispatch("edit.redo");
	expect(boxes()).toHaveLength(1);
});

test("a box that breaks a rule is refused with the reason", async () => {
	app = await openWindow({ images: 1 });
	drag([100, 100], [500, 600]);
	drag([180, 180], [450, 550]);
	expect(boxes()).toHaveLength(1);
	expect(app.text()).toContain("overlaps another one by 100 %");
});

test("a category typed into the popup is made and given to the box", async () => {
	app = await openWindow({ images: 1 });
	drag([100, 100], [500, 600]);
	app.text();
	const field = document.querySelector<HTMLInputElement>(".popup [role=combobox]");
	if (!field) throw new Error("the popup has a field");
	field.value = "visor";
	field.dispatchEvent(new Event("input", { bubbles: true }));
	app.text();
	field.focus();
	app.press("Enter");
	await app.until(() => app.session.categories.some((c) => c.name === "visor" && c.boxes === 1));
});

test("the popup says why a number is refused, and Enter gives the next box the same category as the last", async () => {
	app = await openWindow({ images: 1 });
	drag([100, 100], [300, 300]);
	app.text();
	app.press("2");
	await saved();
	drag([400, 100], [600, 300]);
	app.text();
	const field = document.querySelector<HTMLInputElement>(".popup input[name=width]");
	if (!field) throw new Error("the popup has a field for the width");
	field.value = "3";
	field.dispatchEvent(new Event("change", { bubbles: true }));
	expect(app.text()).toContain("each side must be longer than 5 px");
	expect(field.value).toBe("200");
	expect(app.text()).toContain("Area 40,000 px²");
	document.querySelector<HTMLInputElement>(".popup [role=combobox]")?.focus();
	app.press("Enter");
	await saved();
	expect(boxes().map((a) => a.category)).toEqual(Array(2).fill(app.session.categories[1]?.id));
});

test("a failed save says so and a retry saves", async () => {
	app = await openWindow({ images: 1 });
	app.backend.failNext("saveAnnotations", { code: "internal", message: "the disk is full" });
	drag([100, 100], [500, 600]);
	await app.until(() => app.text().includes("Not saved: the disk is full"));
	expect(boxes()).toHaveLength(1);
	app.button("Retry").click();
	await saved();
	expect(app.session.currentRow?.boxes).toBe(1);
});

test("faces are proposed, A accepts one after the other, and the rest can be rejected at once", async () => {
	app = await openWindow({ images: 1 });
	await app.session.dispatch("model.detectImage");
	const proposals = () => boxes().filter((a) => a.state === "proposed").length;
	const found = proposals();
	expect(found).toBeGreaterThan(1);
	app.press("a");
	expect(proposals()).toBe(found - 1);
	await saved();
	await app.session.dispatch("box.rejectHere");
	await saved();
	expect(boxes()).toHaveLength(1);
});

test("arrows move the selected box, a held key being one undo step; without a selection they change the image", async () => {
	app = await openWindow({ images: 2 });
	drag([100, 100], [500, 600]);
	app.session.popup = null;
	await saved();
	const before = app.backend.calls.filter((call) => call === "saveAnnotations").length;
	for (let turn = 0; turn < 5; turn++) {
		document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", shiftKey: true, bubbles: true }));
	}
	document.body.dispatchEvent(new KeyboardEvent("keyup", { key: "ArrowRight", bubbles: true }));
	await saved();
	expect(boxes()[0]?.bbox.x1).toBeCloseTo(150);
	expect(app.backend.calls.filter((call) => call === "saveAnnotations").length).toBe(before + 1);

	app.press("Escape");
	app.press("ArrowRight");
	await app.until(() => app.session.canvas.image?.id === app.session.rows[1]?.id);
});

const selected = () => app.session.canvas.selected;
/** Three boxes in a row on the first of some images, nothing selected. */
async function withThreeBoxes(): Promise<void> {
	app = await openWindow({ images: 3 });
	for (const x of [100, 300, 500]) drag([x, 100], [x + 150, 250]);
	app.press("Escape");
	app.press("Escape");
	await saved();
}

test("several boxes are moved, labelled and deleted as one step each", async () => {
	await withThreeBoxes();
	await app.session.dispatch("edit.selectAll");
	app.press("ArrowDown", { shiftKey: true });
	expect(boxes().map((a) => Math.round(a.bbox.y1))).toEqual([110, 110, 110]);
	app.press("2");
	const [, second] = app.session.categories;
	expect(boxes().map((a) => a.category)).toEqual(Array(3).fill(second?.id));
	app.press("Delete");
	expect(boxes()).toEqual([]);
	for (const [count, y, category] of [
		[3, 110, second?.id],
		[3, 110, null],
		[3, 100, null],
	] as const) {
		await app.session.dispatch("edit.undo");
		expect(boxes()).toHaveLength(count);
		expect(Math.round(boxes()[0]?.bbox.y1 ?? 0)).toBe(y);
		expect(boxes()[0]?.category).toBe(category);
	}
});

test("copied boxes go to the same place on another image, and beside themselves on their own", async () => {
	await withThreeBoxes();
	await app.session.dispatch("edit.selectAll");
	await app.session.dispatch("edit.copy");
	await app.session.dispatch("edit.paste");
	expect(boxes()).toHaveLength(6);
	expect(selected()).toHaveLength(3);
	expect(boxes()[3]?.bbox.x1).toBeGreaterThan(650);
	await app.session.dispatch("edit.undo");
	const before = boxes().map((a) => a.bbox);
	await app.session.dispatch("file.next");
	await app.session.dispatch("edit.paste");
	expect(boxes().map((a) => a.bbox)).toEqual(before);
	await app.session.dispatch("edit.copyPrevious");
	expect(app.text()).toContain("3 boxes were left out");
	expect(boxes()).toHaveLength(3);
});

test("cut takes the boxes and paste puts them back where they were; a single duplicate stands beside", async () => {
	await withThreeBoxes();
	const before = boxes().map((a) => a.bbox);
	await app.session.dispatch("edit.selectAll");
	await app.session.dispatch("edit.cut");
	expect(boxes()).toEqual([]);
	await app.session.dispatch("edit.paste");
	expect(boxes().map((a) => a.bbox)).toEqual(before);
	app.session.store.select(boxes()[1]?.id ?? "");
	await app.session.dispatch("edit.duplicate");
	expect(boxes()[3]?.bbox.y1).toBeGreaterThan(250);
});

test("other text in the clipboard is not pasted as boxes, and a text field keeps its own copy and paste", async () => {
	await withThreeBoxes();
	await app.backend.writeClipboard("a shopping list");
	await app.session.dispatch("edit.paste");
	expect(app.text()).toContain("holds no boxes");
	const field = document.querySelector<HTMLInputElement>("input[type=search]");
	if (!field) throw new Error("there is a search field");
	field.value = "img";
	field.focus();
	field.select();
	await app.session.dispatch("edit.copy");
	expect(await app.backend.readClipboard()).toMatchObject({ data: "img" });
	await app.session.dispatch("edit.selectAll");
	expect(selected()).toEqual([]);
});

test("next unlabelled and next proposal find what is left to do, round the end", async () => {
	await withThreeBoxes();
	await app.session.dispatch("edit.selectAll");
	app.press("1");
	await saved();
	app.press("n");
	await app.until(() => app.session.position === 1 && app.session.picture.kind === "ready");
	await app.session.dispatch("model.detectImage");
	app.session.store.select();
	await app.session.dispatch("file.next");
	app.press("p");
	await app.until(() => app.session.position === 1 && selected().length === 1);
	const [first] = selected();
	app.press("p");
	await app.until(() => selected()[0] !== first);
});

test("when nothing is left to label, that is said", async () => {
	await withThreeBoxes();
	await app.session.dispatch("view.nextUnlabelled");
	await app.session.dispatch("file.previous");
	app.session.imageRows.set(app.session.rows.slice(0, 1));
	app.press("n");
	await app.until(() => selected().length === 1);
	await app.session.dispatch("edit.selectAll");
	app.press("1");
	await saved();
	app.press("n");
	await app.until(() => app.text().includes("Every image is labelled"));
});

test("a box is drawn, labelled and left without a mouse", async () => {
	app = await openWindow({ images: 1 });
	app.press("b");
	app.press("ArrowRight");
	app.press("Enter");
	for (let turn = 0; turn < 5; turn++) app.press("ArrowDown");
	for (let turn = 0; turn < 5; turn++) app.press("ArrowLeft");
	expect(app.session.said).toMatch(/ × /);
	app.press("Enter");
	expect(boxes()).toHaveLength(1);
	app.text();
	app.press("1");
	await saved();
	expect(boxes()[0]?.category).toBe(app.session.categories[0]?.id);
	document.querySelector("canvas")?.focus();
	app.press("Escape");
	app.press("Tab");
	expect(selected()).toEqual([boxes()[0]?.id]);
	expect(app.session.said).toMatch(/^Box 1 of 1/);
});

test("a box drawn by keyboard that breaks a rule leaves the cross where it is", async () => {
	app = await openWindow({ images: 1 });
	app.press("b");
	app.press("Enter");
	app.press("ArrowRight", { ctrlKey: true });
	expect(app.session.said).toContain("too small");
	app.press("Enter");
	expect(boxes()).toEqual([]);
	expect(app.session.editor?.keys.drawing).toBe(true);
});

test("letters typed into the search field are not commands", async () => {
	app = await openWindow({ images: 2 });
	document.querySelector<HTMLInputElement>("input[type=search]")?.focus();
	app.press("s");
	expect(app.session.editor?.tool).toBe("draw");
	document.querySelector<HTMLInputElement>("input[type=search]")?.blur();
	app.press("s");
	expect(app.session.editor?.tool).toBe("select");
});

test("the menu's events take the dispatcher's road", async () => {
	app = await openWindow({ images: 2 });
	app.backend.emit("menuEvent", { id: "file.next" });
	await app.until(() => app.session.position === 1);
	app.backend.emit("menuEvent", { id: "view.train" });
	expect(app.text()).toContain("Train a model");
});

test("deleting a category in use asks what becomes of its boxes", async () => {
	app = await openWindow({ images: 1 });
	drag([100, 100], [500, 600]);
	app.text();
	app.press("1");
	await saved();
	app.button("Delete no_mask").click();
	expect(app.text()).toContain("What shall become of its box?");
	document.querySelector<HTMLInputElement>("input[value=delete]")?.click();
	document.querySelector("dialog form")?.dispatchEvent(new SubmitEvent("submit", { cancelable: true, bubbles: true }));
	await app.until(() => app.session.categories.length === 3 && boxes().length === 0);
});

test("an image that cannot be read says why and offers the way on", async () => {
	app = await openWindow({ images: 2 });
	const second = app.backend.project.images[1];
	if (!second) throw new Error("there are two images");
	second.problem = "the file ends too early";
	await app.session.dispatch("file.next");
	expect(app.text()).toContain("The file ends too early");
});

test("in a project that was opened for looking nothing can be changed, and everything can be seen", async () => {
	app = await openWindow({ images: 3 });
	drag([100, 100], [500, 600]);
	await saved();
	app.press("Escape");
	app.session.project = app.session.project && { ...app.session.project, readOnly: true };
	app.text();
	const before = boxes();
	drag([600, 100], [700, 300]);
	drag([300, 300], [600, 600]);
	app.press("2");
	expect(boxes()).toEqual(before);
	const changing = ["edit.undo", "box.add", "tool.draw", "categories.add", "file.addFolder", "model.detectAll"];
	for (const command of [...changing, "model.detectAgain", "model.detectWith", "view.review", "review.later"])
		expect(await app.session.dispatch(command), command).toBe(false);
	expect(app.session.popup).toBeNull();
	expect(await app.session.dispatch("file.next")).toBe(true);
	expect(await app.session.dispatch("file.saveAs")).toBe(true);
});

test("with deletes confirmed, the bin of a box asks first", async () => {
	app = await openWindow({ images: 1 });
	drag([100, 100], [500, 600]);
	await saved();
	app.press("Escape");
	app.session.confirmDeletes.value = true;
	app.button("Delete box").click();
	expect(boxes()).toHaveLength(1);
	expect(app.text()).toContain("Delete this box?");
	app.button("Delete").click();
	expect(boxes()).toEqual([]);
	app.session.confirmDeletes.value = false;
});

test("all categories are shown with their keys and counts, and the boxes of one are a click away", async () => {
	app = await openWindow({ images: 1 });
	const [first] = app.session.categories;
	drag([100, 100], [500, 600]);
	app.press("1");
	await saved();
	await app.session.dispatch("categories.showAll");
	app.text();
	const row = document.querySelector(`dialog tr[data-category="${first?.id}"]`);
	expect(row?.textContent).toContain(first?.name);
	row?.querySelector<HTMLButtonElement>(".number button")?.click();
	await app.until(() => app.session.view === "annotations" && app.session.table.total === 1);
	expect(app.session.table.query.category).toEqual({ kind: "is", id: first?.id });
});

test("the program ends at once when everything is saved, and asks when a job runs", async () => {
	app = await openWindow({ images: 1 });
	drag([100, 100], [500, 600]);
	app.backend.emit("leaveWanted", {});
	await app.until(() => app.backend.calls.includes("leave"));
	expect(app.session.canvas.save.kind).toBe("saved");
	let end = () => {};
	void app.session.jobs.run(
		"crop",
		() =>
			new Promise<void>((resolve) => {
				end = resolve;
			}),
	);
	app.backend.emit("leaveWanted", {});
	await app.until(() => app.text().includes("Still running, and stopped when you quit"));
	expect(app.text()).toContain("Saving crops");
	app.button("Stay").click();
	expect(app.session.dialog).toBeNull();
	expect(app.backend.calls.filter((call) => call === "leave")).toHaveLength(1);
	end();
});

test("what cannot be saved is told before the program ends, and is saved with a copy elsewhere", async () => {
	app = await openWindow({ images: 1 });
	app.backend.failNext("saveAnnotations", { code: "internal", message: "the disk is full" });
	drag([100, 100], [500, 600]);
	await app.until(() => app.text().includes("Not saved: the disk is full"));
	app.backend.emit("leaveWanted", {});
	await app.until(() => app.text().includes("The last changes could not be saved"));
	expect(app.text()).toContain("The disk is full");
	expect(app.backend.calls).not.toContain("leave");
	app.button("Save as…").click();
	await saved();
	expect(app.session.project?.name).toBe("Sample copy");
	expect(boxes()).toHaveLength(1);
	expect(app.session.currentRow?.boxes).toBe(1);
});

test("rows that were told of late do not bring back what has changed since", async () => {
	app = await openWindow({ images: 2 });
	const [row] = app.session.rows;
	if (!row) throw new Error("there are images");
	app.backend.emit("rowsChanged", { rows: [{ ...row, proposals: 7 }] });
	app.session.imageRows.replace([{ ...row, proposals: 0, folder: "/new" }]);
	app.backend.emit("rowsChanged", { rows: app.session.rows.slice(1).map((other) => ({ ...other, proposals: 3 })) });
	await app.until(() => app.session.rows[1]?.proposals === 3);
	expect(app.session.rows[0]).toMatchObject({ proposals: 0, folder: "/new" });
});

test("an answer that arrives after a later one does not bring back what has changed since", async () => {
	app = await openWindow({ images: 2 });
	const [row] = app.session.rows;
	if (!row) throw new Error("there are images");
	app.session.imageRows.replace([{ ...row, revision: row.revision + 2, boxes: 0 }]);
	app.session.imageRows.replace([{ ...row, revision: row.revision + 1, boxes: 1 }]);
	expect(app.session.rows[0]?.boxes).toBe(0);
	app.session.imageRows.replace([{ ...row, revision: row.revision + 2, folder: "/new" }]);
	expect(app.session.rows[0]?.folder).toBe("/new");
});

test("unknown and impossible commands do nothing and say so", async () => {
	app = await openWindow();
	expect(await app.session.dispatch("no.such")).toBe(false);
	expect(await app.session.dispatch("edit.delete")).toBe(false);
	expect(await app.session.dispatch("box.category:none-such")).toBe(false);
});

test("every command is safe to send with nothing open", async () => {
	app = await openWindow();
	// Those of the file menu open something.
	for (const id of COMMAND_IDS.filter((id) => !id.startsWith("file."))) {
		await app.session.dispatch(id);
		app.session.dialog = null;
	}
	expect(app.session.toasts.list.filter((toast) => toast.kind === "error")).toEqual([]);
});

test("no button is without a name", async () => {
	app = await openWindow({ images: 3 });
	await app.session.dispatch("model.detectImage");
	app.text();
	const nameless = Array.from(document.querySelectorAll("button, input, select, canvas")).filter((element) => {
		const labelled =
			element.getAttribute("aria-label") ||
			element.textContent?.trim() ||
			element.closest("label")?.textContent?.trim();
		return !labelled;
	});
	expect(nameless.map((element) => element.outerHTML)).toEqual([]);
});

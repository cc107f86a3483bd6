import { afterEach, expect, test, vi } from "vitest";
import { openWindow, type TestWindow } from "./test-window";

// It asks the screen for its resolution when it is imported, which jsdom does not know.
vi.mock("uplot", () => ({ default: class {} }));

let app: TestWindow;
afterEach(() => app?.close());

test("an import shows its plan first, asks for missing pictures and for conflicts, and can be undone", async () => {
	app = await openWindow({ images: 3 });
	await app.session.dispatch("import.file");
	expect(app.text()).toContain("COCO annotations");
	expect(app.text()).toContain("2 pictures were not found (4 boxes)");
	expect(app.text()).toContain("here ffp2, in the file no category");
	expect(app.text()).toContain("annotation 7");
	expect(app.backend.calls).not.toContain("applyImport");
	app.button("Choose their folder…").click();
	await app.until(() => !app.text().includes("not found"));
	const box = document.querySelector<HTMLSelectElement>('select[aria-label="Box 1 of photo 1.jpg"]');
	if (!box) throw new Error("no choice for the box");
	box.value = "takeTheirs";
	box.dispatchEvent(new Event("change", { bubbles: true }));
	app.button("Import").click();
	await app.until(() => app.text().includes("5 boxes imported, 2 changed"));
	expect(app.session.dialog).toBeNull();
	expect(app.session.history.undo).toBe("importAnnotations");
});

test("boxes of pictures that are stored turned can be taken as stored, and the plan follows", async () => {
	app = await openWindow({ images: 3 });
	await app.session.dispatch("import.file");
	const select = [...document.querySelectorAll("select")].find(({ value }) => value === "auto");
	if (!select) throw new Error("no choice for turned pictures");
	expect(select.labels[0]?.textContent).toContain("Boxes on pictures that are stored turned");
	const box = () => document.querySelector<HTMLSelectElement>('select[aria-label="Box 1 of photo 1.jpg"]');
	const first = box();
	if (!first) throw new Error("no choice for the box");
	first.value = "takeTheirs";
	first.dispatchEvent(new Event("change", { bubbles: true }));
	select.value = "stored";
	select.dispatchEvent(new Event("change", { bubbles: true }));
	await app.until(() => app.backend.calls.includes("frameImport"));
	await app.until(() => !app.text().includes("1 box gets a category"));
	expect(box()?.value, "another plan, another number").toBe("");
	expect([...document.querySelectorAll("select")].map(({ value }) => value)).toContain("stored");
});

test("an import that is not wanted is forgotten and changes nothing", async () => {
	app = await openWindow({ images: 3 });
	await app.session.dispatch("import.folder");
	app.button("Cancel").click();
	await app.until(() => app.session.dialog === null);
	expect(app.backend.calls).toContain("forgetImport");
	expect(app.backend.calls).not.toContain("applyImport");
});

test("an export says what it wrote and what it had to call None", async () => {
	app = await openWindow({ images: 3 });
	await app.session.dispatch("export.coco");
	expect(app.text()).toContain("5 boxes on 3 images written to /home/you/annotations.coco.");
	expect(app.text()).toContain("1 of them has no category");
	app.button("Close").click();
	await app.until(() => app.session.dialog === null);
});

test("a list of categories is shown before it is taken over", async () => {
	app = await openWindow({ images: 3 });
	await app.session.dispatch("categories.import");
	expect(app.text()).toContain("hat");
	app.button("Import").click();
	await app.until(() => app.text().includes("Categories imported"));
	expect(app.session.history.undo).toBe("importCategories");
});

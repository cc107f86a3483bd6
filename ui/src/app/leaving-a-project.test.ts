import { afterEach, expect, test, vi } from "vitest";
import { openWindow, type TestWindow } from "./test-window";

vi.mock("uplot", () => ({ default: class {} }));

let app: TestWindow;
afterEach(() => app?.close());

const draw = () =>
	app.session.store.commit([
		{ kind: "add", id: crypto.randomUUID(), bbox: { x1: 500, y1: 300, x2: 560, y2: 360 }, category: null },
	]);

test("another project is opened only once everything of this one is saved", async () => {
	app = await openWindow({ images: 3 });
	app.backend.failNext("saveAnnotations", { code: "internal", message: "the disk is full" });
	expect(draw()).toBeNull();
	for (const id of ["file.new", "file.open", "file.sample"]) await app.session.dispatch(id);
	expect(app.backend.calls).not.toContain("createProject");
	expect(app.backend.calls).not.toContain("openProject");
	expect(app.backend.calls).not.toContain("openSample");
	expect(app.session.canvas.save.kind).toBe("failed");
	app.session.store.retrySaving();
	await app.session.dispatch("file.new");
	expect(app.backend.calls).toContain("createProject");
});

test("Undo on a message takes back the step of the message and no newer one", async () => {
	app = await openWindow({ images: 3 });
	const offered = () => app.text().includes("Undo");
	const undo = vi.spyOn(app.backend, "undo");
	await app.session.dispatch("import.folder");
	app.button("Import").click();
	await app.until(() => app.text().includes("boxes imported"));
	expect(offered()).toBe(true);
	expect(draw()).toBeNull();
	await app.session.saved();
	expect(offered()).toBe(false);
	expect(undo).not.toHaveBeenCalled();
});

import { afterEach, expect, test, vi } from "vitest";
import { isOpen } from "../geometry/changes";
import { saveCrops } from "./job-commands";
import { openWindow, type TestWindow } from "./test-window";

// It asks the screen for its resolution when it is imported, which jsdom does not know.
vi.mock("uplot", () => ({ default: class {} }));

let app: TestWindow;
afterEach(() => app?.close());

const review = () => app.session.review;
const asked = () => app.until(() => review().state.kind === "asking");
const open = () => app.backend.project.images.flatMap((image) => image.annotations.filter(isOpen));

/** A project whose proposals are in review. */
async function reviewing(images = 4): Promise<void> {
	app = await openWindow({ images });
	await app.session.dispatch("model.detectAll");
	await app.session.dispatch("view.review");
	await asked();
}

test("without proposals the review says what to do, and does it", async () => {
	app = await openWindow({ images: 2 });
	await app.session.dispatch("view.review");
	await app.until(() => review().state.kind === "end");
	expect(app.text()).toContain("There are no proposals.");
	app.button("Detect faces on all images").click();
	await asked();
	expect(app.text()).toContain("CenterFace:");
});

test("A, X and P answer for the least sure proposal and lead to the next one, whatever image it is on", async () => {
	await reviewing();
	const all = open().length;
	const sureness = () => review().item?.sureness ?? 1;
	const first = review().item;
	const scores = open().map((a) => (a.source.kind === "detected" ? a.source.score : 1));
	expect(first?.sureness).toBe(Math.min(...scores));
	app.press("a");
	await app.until(() => review().item !== null && review().item?.annotation !== first?.annotation);
	expect(open()).toHaveLength(all - 1);
	const second = review().item;
	expect(sureness()).toBeGreaterThanOrEqual(first?.sureness ?? 1);
	app.press("x");
	await app.until(() => review().item !== null && review().item?.annotation !== second?.annotation);
	expect(open()).toHaveLength(all - 2);
	const third = review().item;
	app.press("p");
	await app.until(() => review().item !== null && review().item?.annotation !== third?.annotation);
	expect(open()).toHaveLength(all - 2);
	expect(review().answers).toBe(2);
});

test("a key that comes while many are answered at once answers nothing", async () => {
	await reviewing();
	const all = app.text().match(/Accept (\d+)/);
	expect(all, app.text()).not.toBeNull();
	app.button(all?.[0] ?? "").click();
	expect(review().state.kind).toBe("looking");
	app.press("x");
	await app.until(() => review().state.kind === "end" || review().state.kind === "asking");
	const accepted = app.backend.project.images.flatMap((image) => image.annotations).filter((a) => !isOpen(a));
	expect(accepted).toHaveLength(Number(all?.[1]));
	expect(review().answers).toBe(0);
});

test("a key that comes before the next proposal is shown, or is held down, answers nothing", async () => {
	await reviewing();
	const all = open().length;
	app.press("a");
	expect(review().state.kind).toBe("looking");
	app.press("a");
	app.press("x");
	await asked();
	app.press("a", { repeat: true });
	await asked();
	expect(open()).toHaveLength(all - 1);
});

test("E corrects: the box stays in hand until the next key says that it is right", async () => {
	await reviewing();
	const item = review().item;
	app.press("e");
	expect(review().state.kind).toBe("fixing");
	app.press("ArrowRight");
	expect(app.text()).toContain("Correct it with the mouse");
	expect(review().item?.annotation).toBe(item?.annotation);
	app.press("a");
	await app.until(() => review().state.kind === "asking" && review().item?.annotation !== item?.annotation);
	const fixed = app.backend.project.images.flatMap((i) => i.annotations).find((a) => a.id === item?.annotation);
	expect(fixed?.state).toBe("accepted");
	expect(review().answers).toBe(1);
});

test("a category's key accepts with that category", async () => {
	await reviewing();
	const item = review().item;
	app.press("2");
	await app.until(() => review().item !== null && review().item?.annotation !== item?.annotation);
	const done = app.backend.project.images.flatMap((i) => i.annotations).find((a) => a.id === item?.annotation);
	expect(done?.category).toBe(app.session.categories[1]?.id);
});

test("undo brings the last proposal back and asks for it again", async () => {
	await reviewing();
	const item = review().item;
	app.press("x");
	await app.until(() => review().item !== null && review().item?.annotation !== item?.annotation);
	await app.session.dispatch("edit.undo");
	await asked();
	expect(review().item?.annotation).toBe(item?.annotation);
	expect(review().answers).toBe(0);
});

test("all that is sure enough is accepted at once, and the count follows the slider", async () => {
	await reviewing();
	const slider = document.querySelector<HTMLInputElement>(".lane input[type=range]");
	if (!slider) throw new Error("the review has a slider");
	slider.value = "90";
	slider.dispatchEvent(new Event("input", { bubbles: true }));
	const sure = open().filter((a) => a.source.kind === "detected" && a.source.score >= 0.9).length;
	expect(app.text()).toContain(`Accept ${sure}`);
	const all = open().length;
	app.button(`Accept ${sure}`).click();
	await app.until(() => open().length < all && review().state.kind === "asking");
	expect(open()).toHaveLength(all - sure);
});

test("when all have answers the review says what comes next, and ends on Escape", async () => {
	await reviewing(1);
	while (review().item !== null) {
		const { answers } = review();
		app.press("a");
		await app.until(() => review().answers > answers && review().state.kind !== "looking");
	}
	expect(app.text()).toContain("Every proposal has an answer.");
	app.press("Escape");
	expect(review().on).toBe(false);
	expect(app.text()).not.toContain("Every proposal has an answer.");
});

test("what was put off is offered again at the end", async () => {
	await reviewing(1);
	const count = open().length;
	for (let turn = 0; turn < count; turn++) {
		const item = review().item;
		app.press("p");
		await app.until(() => review().state.kind !== "looking" && review().item !== item);
	}
	expect(app.text()).toContain(`${count} proposals put off.`);
	app.button("From the start").click();
	await asked();
});

test("auto-crop asks for its folders, shows how far it is, and leads to the photos without a face", async () => {
	app = await openWindow({ images: 1 });
	await app.session.dispatch("file.autocrop");
	await app.until(() => app.text().includes("Choose all folders to begin."));
	expect(app.button("Crop").disabled).toBe(true);
	app.button("Choose: Photos").click();
	app.button("Choose: Crops").click();
	await app.until(() => app.text().includes("/home/you/crops") && !app.button("Crop").disabled);
	document.querySelector("form")?.requestSubmit();
	await app.until(() => app.text().includes("12 crops saved."));
	expect(app.text()).toContain("No face was found on 2 photos");
	expect(app.text()).toContain("img_011.jpg");
	expect(app.text()).toContain("2 crops were deleted by hand and left out");
	app.button("Another run…").click();
	await app.until(() => app.text().includes("Also make crops that I deleted"));
	document.querySelector<HTMLInputElement>("dialog[open] input[type='checkbox']")?.click();
	document.querySelector("form")?.requestSubmit();
	await app.until(() => app.text().includes("12 crops saved."));
	expect(app.text()).not.toContain("deleted by hand");
	app.button("Find unprocessed photos…").click();
	await app.until(() => app.text().includes("Copies the photos without a crop") || app.text().includes("Copy to"));
	app.button("Choose: Copy to").click();
	await app.until(() => !app.button("Compare and copy").disabled);
	document.querySelector("form")?.requestSubmit();
	await app.until(() => app.text().includes("2 photos without a crop copied."));
});

test("crop and save says what it replaced, found and removed", async () => {
	app = await openWindow({ images: 1 });
	await saveCrops(app.session, { side: 240, square: "grow", format: { kind: "png" } });
	await app.until(() => app.text().includes("saved in /home/you/crops"));
	expect(app.text()).toContain(
		"; 1 of them replaced an earlier one; 2 crops were there already; 1 crop of an earlier run",
	);
});

test("a second detection says what it left out and looks again on request", async () => {
	app = await openWindow({ images: 3 });
	await app.session.dispatch("model.detectAll");
	await app.session.dispatch("model.detectAll");
	expect(app.text()).toContain("3 images were looked at with CenterFace before and left out.");
	const before = app.backend.calls.filter((call) => call === "detectFaces").length;
	app.button("Look again").click();
	await app.until(() => app.backend.calls.filter((call) => call === "detectFaces").length === before + 1);
});

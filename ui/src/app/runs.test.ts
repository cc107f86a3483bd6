import { afterEach, expect, test, vi } from "vitest";
import { openWindow, type TestWindow } from "./test-window";

// jsdom has no canvas to draw curves on; what is drawn is tested as data.
vi.mock("uplot", () => ({
	default: class {
		static join = (tables: unknown[]) => tables;
		root = document.createElement("div");
		over = document.createElement("div");
		series = [];
		setData() {}
		destroy() {}
	},
}));

let app: TestWindow;
afterEach(() => app?.close());

/** A window whose project remembers this many trainings. */
async function trained(count: number): Promise<void> {
	app = await openWindow({ images: 2 });
	const { training } = app.session;
	for (let run = 0; run < count; run++) {
		await training.plan.choosePreset(run === 0 ? "tiny" : "paper");
		await training.start();
		await app.until(() => training.state.kind === "finished");
		training.again();
	}
	await app.session.dispatch("view.runs");
	await app.until(() => app.session.runs.list?.length === count);
	app.text();
}
const click = (selector: string) => {
	const found = document.querySelector<HTMLElement>(selector);
	if (!found) throw new Error(`there is no ${selector}`);
	found.click();
	app.text();
};

test("a project without trainings says what will be here", async () => {
	app = await openWindow({ images: 2 });
	await app.session.dispatch("view.runs");
	await app.until(() => app.session.runs.list !== null);
	expect(app.text()).toContain("remembers no training yet");
});

test("the list shows settings, accuracy with its uncertainty, and state", async () => {
	await trained(1);
	expect(app.text()).toContain("64 px");
	expect(app.text()).toMatch(/0\.\d\d \(0\.67 to 0\.92\)/);
	expect(app.text()).toContain("Finished, 15 of 15 epochs");
});

test("a training is opened, and a cell of its confusion shows the pictures behind it", async () => {
	await trained(1);
	click("[data-run] .open");
	await app.until(() => app.text().includes("bauta train masks.bauta"));
	expect(app.text()).toContain("2 boxes are new");
	click("[data-cell='3-2']");
	await app.until(() => document.querySelectorAll("[data-sample]").length === 2);
	expect(app.text()).toContain("other_mask taken for op_mask");
	click("[data-cell='3-2']");
	await app.until(() => document.querySelectorAll("[data-sample]").length === 7);
});

test("the page of a training is there before its steps are; who goes back meanwhile is not called back", async () => {
	await trained(1);
	const { runs } = app.session;
	const real = runs.backend.stepCurves;
	let read: () => void = () => {};
	const reading = vi.spyOn(runs.backend, "stepCurves").mockImplementation(async (...range) => {
		await new Promise<void>((done) => {
			read = done;
		});
		return await real(...range);
	});
	click("[data-run] .open");
	await app.until(() => reading.mock.calls.length === 1);
	expect(app.text()).toContain("0.84: about one in six wrong");
	expect(document.querySelector("[data-steps]")?.getAttribute("data-steps")).toBe("0");
	runs.back();
	read();
	await app.until(() => reading.mock.settledResults[0]?.type === "fulfilled");
	expect(runs.shown.kind).toBe("list");
	reading.mockRestore();
	click("[data-run] .open");
	await app.until(() => Number(document.querySelector<HTMLElement>("[data-steps]")?.dataset.steps) > 0);
});

test("a model that cannot be asked says why", async () => {
	await trained(1);
	click("[data-run] .open");
	await app.until(() => app.text().includes("Show all mistakes"));
	app.backend.failNext("runAnswers", { code: "invalidInput", message: "the model is gone; repeat the training" });
	app.button("Show all mistakes").click();
	await app.until(() => app.text().includes("The model is gone; repeat the training"));
});

test("two trainings are laid over each other with what was different", async () => {
	await trained(2);
	expect(app.button("Compare").disabled).toBe(true);
	for (const box of document.querySelectorAll<HTMLInputElement>("[data-run] input")) box.click();
	app.text();
	app.button("Compare 2").click();
	await app.until(() => app.session.runs.shown.kind === "comparison");
	expect(app.text()).toContain("One setting differs: imageSize");
	expect(app.text()).toContain("no difference that so few pictures can show");
});

test("a training is renamed, and deleted only after a question", async () => {
	await trained(1);
	app.button("Rename").click();
	app.text();
	const field = document.querySelector<HTMLInputElement>("dialog input");
	if (!field) throw new Error("no field for the name");
	field.value = "the good one";
	field.dispatchEvent(new Event("input", { bubbles: true }));
	app.text();
	document.querySelector("dialog form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
	await app.until(() => app.session.runs.list?.[0]?.name === "the good one");
	app.button("Delete").click();
	expect(app.text()).toContain("Delete the good one?");
	expect(app.session.runs.list).toHaveLength(1);
	document.querySelector("dialog form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
	await app.until(() => app.session.runs.list?.length === 0);
});

test("a training that is asked for during another one waits, is shown, and can be dropped", async () => {
	let go: () => void = () => {};
	let held = true;
	const wait = () =>
		held
			? new Promise<void>((done) => {
					go = done;
				})
			: Promise.resolve();
	app = await openWindow({ images: 2, wait });
	const { training } = app.session;
	await app.session.dispatch("model.train");
	await training.start();
	expect(training.running).toBe(true);
	await training.start();
	await training.start();
	expect(app.text()).toContain("2 trainings wait");
	app.button("Do not train this").click();
	await app.until(() => training.waiting.length === 1);
	held = false;
	go();
	await app.until(() => app.text().includes("The training before this one ended"));
	await app.until(() => training.state.kind === "finished");
	expect(training.waiting).toHaveLength(0);
});

test("leaving during a training offers to go on in the background or to keep the best", async () => {
	app = await openWindow({ images: 2, wait: () => new Promise(() => {}) });
	await app.session.training.start();
	app.backend.emit("leaveWanted", {});
	await app.until(() => app.session.dialog?.kind === "leave");
	app.text();
	app.button("Go on in the background").click();
	expect(app.backend.calls).toContain("leaveWhenTrained");
	expect(app.backend.calls).not.toContain("leave");
});

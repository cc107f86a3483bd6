import { afterEach, expect, test, vi } from "vitest";
import { exportExperiment } from "./run-commands";
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
const experiments = () => app.session.experiments;

/** A window before a training on a folder; what runs goes on only while `let go` was called. */
async function preparing(): Promise<{ letGo: () => void }> {
	let letGo: () => void = () => {};
	const gate = new Promise<void>((open) => {
		letGo = open;
	});
	app = await openWindow({ images: 2, wait: () => gate });
	await app.session.dispatch("model.train");
	await app.session.training.plan.chooseFolder();
	app.text();
	return { letGo };
}

/** Presses a button as soon as it is there. */
async function press(name: string): Promise<void> {
	await app.until(() => [...document.querySelectorAll("button")].some((one) => one.textContent?.trim() === name));
	app.button(name).click();
	app.text();
}

test("a study is asked for, goes on in the background, and its page grows", async () => {
	const { letGo } = await preparing();
	await press("Study…");
	expect(app.text()).toContain("12 trainings, one after the other");
	document.querySelector<HTMLInputElement>("input[value=losses]")?.click();
	expect(app.text()).toContain("9 trainings");
	await press("Start study");
	await app.until(() => app.text().includes("Running · 0 of 4 trainings done · small-vgg-1, epoch 1 of 3"));
	expect(app.text()).toContain("Losses, 96 px, 15 epochs, 3 seeds");
	letGo();
	await app.until(() => app.text().includes("Done · 4 of 4 trainings done"));
	expect(app.text()).toContain("there is no difference that these data can show");
	expect(app.text()).toContain("bauta study masks.bauta");
	await exportExperiment(app.session, experiments().view?.id ?? "");
	expect(app.text()).toContain("/home/you/study 1.html");
	await press("All trainings");
	expect(document.querySelectorAll("[data-experiment]")).toHaveLength(1);
});

test("a tuning is stopped, goes on where it was, and is deleted after a question", async () => {
	const { letGo } = await preparing();
	await press("Find the best settings…");
	document.querySelector<HTMLInputElement>("input[value=minutes]")?.click();
	const networks = [...document.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
	for (const network of networks.filter((one) => one.closest("dialog"))) network.click();
	app.text();
	expect(app.button("Start search").disabled).toBe(true);
	networks.find((one) => one.value === "tiny")?.click();
	await press("Start search");
	await app.until(() => app.text().includes("Running"));
	await press("Stop");
	letGo();
	await app.until(() => app.text().includes("Stopped · 0 trainings done"));
	await press("Go on");
	await app.until(() => experiments().view?.state === "done");
	await press("Delete");
	expect(app.text()).toContain("Its 4 trainings and their models are deleted for good.");
	document.querySelector<HTMLButtonElement>("dialog .danger")?.click();
	await app.until(() => experiments().list?.length === 0);
	expect(app.text()).not.toContain("Tuning");
});

test("what keeps a study from starting is said in its dialog", async () => {
	await preparing();
	await press("Study…");
	app.backend.failNext("startExperiment", { code: "invalidInput", message: "the disk is full; make space" });
	await press("Start study");
	await app.until(() => app.text().includes("the disk is full; make space"));
	expect(app.button("Start study")).toBeDefined();
});

test("a training says that it waits for a study, and quitting asks about it", async () => {
	await preparing();
	await press("Study…");
	await press("Start study");
	await app.until(() => experiments().running !== null);
	await app.session.dispatch("model.train");
	expect(app.text()).toContain("A study or tuning runs: this training begins when it has ended.");
	app.backend.emit("leaveWanted", {});
	await app.until(() => app.session.dialog?.kind === "leave");
	expect(app.text()).toContain("Go on in the background");
});

// Every view and dialog of both windows, looked at in both themes: with axe-core, for cut texts, and as pictures
// for the eye (target/e2e-shots/looks-*). BAUTA_SCREEN=1024x700 does it on a small screen.

import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { pressKeys, screenshot } from "./desktop.mjs";
import { look, SCREEN, settled } from "./looks.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

describe("the looks of every view", () => {
	const step = steps();
	let app, page;
	const see = (what) => app.look(what);
	const dialogs = async (command, name) => {
		await app.dispatch(command);
		await until(`dialog of ${command}`, () => page.execute(() => document.querySelector("dialog[open]") !== null));
		await look(app, name);
		await pressKeys("Bauta", "Escape");
		await app.dialogClosed();
	};

	before(async () => {
		app = await startApp();
		page = app.browser;
		await page.maximizeWindow();
	});
	after(() => app?.stop());

	step("nothing is open", () => look(app, "welcome"));

	step("getting started", async () => {
		await app.dispatch("help.guide");
		await until("page", () => page.execute(() => document.querySelector("#guide-title") !== null));
		await look(app, "guide");
		await app.dispatch("view.label");
	});

	step("the sample is being made", async () => {
		await app.dispatch("file.sample");
		await until("progress", () => page.execute(() => document.querySelector("[role=progressbar]") !== null));
		await look(app, "welcome-busy");
		await until("sample", async () => (await see("picture"))?.kind === "ready", 180_000);
	});

	step("labelling", () => look(app, "label"));

	step("a box and its popup", async () => {
		await page.execute(() => document.querySelector("[data-annotation] button.name").click());
		await app.dispatch("box.edit");
		await until("popup", () => page.execute(() => document.querySelector(".popup") !== null));
		await look(app, "label-popup");
		await pressKeys("Bauta", "Escape", "Escape");
	});

	step("proposals", async () => {
		const wanted = (await see("rows")).find((row) => row.proposals > 0 && row.boxes === 0);
		const search = await page.$("input[type=search]");
		await search.setValue(wanted.name);
		await (await page.$(`[data-image="${wanted.id}"]`)).click();
		await until("proposals", () => page.execute(() => document.querySelector(".proposals") !== null));
		await look(app, "label-proposals");
		await search.setValue("no such image");
		await look(app, "label-nothing-found");
		await pressKeys("Bauta", "Escape");
	});

	step("the detector's panel and the model's", async () => {
		for (const name of ["faces", "model"]) {
			await (await page.$(`[data-command=${name}]`)).click();
			await look(app, `panel-${name}`);
			await pressKeys("Bauta", "Escape");
		}
	});

	step("the dialogs", async () => {
		for (const [command, name] of [
			["categories.add", "dialog-add-category"],
			["categories.replace", "dialog-replace-category"],
			["file.crop", "dialog-crop"],
			["model.acceptAll", "dialog-accept"],
			["help.shortcuts", "dialog-shortcuts"],
			["help.about", "dialog-about"],
		])
			await dialogs(command, name);
	});

	step("editing and deleting a category", async () => {
		for (const [selector, name] of [
			["[data-category] .actions button:first-child", "dialog-edit-category"],
			["[data-category] .actions button:last-child", "dialog-delete-category"],
		]) {
			await page.execute((s) => document.querySelector(s).click(), selector);
			await look(app, name);
			await pressKeys("Bauta", "Escape");
			await app.dialogClosed();
		}
	});

	step("all boxes in a table", async () => {
		await app.dispatch("view.annotations");
		await until("rows", () => page.execute(() => document.querySelectorAll("[data-box] img").length > 5));
		await look(app, "annotations");
		await (await page.$("[data-box]")).click();
		await pressKeys("Bauta", "shift+Down", "shift+Down");
		await look(app, "annotations-chosen");
	});

	step("text of double size", async () => {
		await app.dispatch("view.label");
		const usual = await page.execute(() => window.innerWidth);
		await app.dispatch("view.textSize.200");
		await until("large text", () => page.execute((usual) => window.innerWidth < 0.6 * usual, usual));
		await look(app, "large-label");
		await dialogs("help.shortcuts", "large-dialog-shortcuts");
		await app.dispatch("view.annotations");
		await until("rows", () => page.execute(() => document.querySelectorAll("[data-box]").length > 3));
		await look(app, "large-annotations");
		await app.dispatch("help.guide");
		await until("page", () => page.execute(() => document.querySelector("#guide-title") !== null));
		await look(app, "large-guide");
		await app.dispatch("view.train");
		await until("dataset", () => page.execute(() => document.querySelector(".dataset li") !== null));
		await look(app, "large-train");
		await app.dispatch("view.textSize.100");
		await until("usual text", () => page.execute((usual) => window.innerWidth === usual, usual));
	});

	step("training: the settings", async () => {
		await app.dispatch("view.train");
		await until("dataset", () => page.execute(() => document.querySelector(".dataset li") !== null));
		await look(app, "train");
		await page.execute(() => document.querySelector("details").setAttribute("open", ""));
		await look(app, "train-settings");
	});

	step("training: progress and result", async () => {
		await (await page.$("input[value=tiny]")).click();
		const start = await page.$("button=Start training");
		await start.waitForClickable();
		await start.click();
		await until("some epochs", async () => ((await see("training"))?.course?.epochs?.length ?? 0) >= 2, 120_000);
		await look(app, "train-progress");
		await until("end of the training", async () => (await see("training")).kind === "finished", 200_000);
		await look(app, "train-finished");
	});

	step("an earlier training, and all of them", async () => {
		await (await page.$("button=Open its page")).click();
		await until("curves", () => page.execute(() => document.querySelectorAll(".figure canvas").length === 2));
		await page.execute(() => document.querySelector("[data-cell]").click());
		await until("pictures", () => page.execute(() => document.querySelector("[data-sample] img") !== null));
		await look(app, "run-page");
		await (await page.$("button=All trainings")).click();
		await look(app, "runs");
	});

	step("the live window", async () => {
		await app.dispatch("model.live");
		const back = await app.switchToNewWindow();
		await until("sources", () => page.execute(() => document.querySelector("select") !== null));
		await settled(app);
		screenshot(`looks-${SCREEN}-live`);
		await back();
	});
});

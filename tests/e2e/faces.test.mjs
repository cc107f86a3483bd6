// Review, auto-crop and unprocessed photos on the sample: how they look in both themes, and that a run that is
// stopped goes on. BAUTA_SCREEN=1024x700 does it on a small screen.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { pressKeys } from "./desktop.mjs";
import { folderDialog } from "./folder-dialog.mjs";
import { look } from "./looks.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

describe("faces on the sample", () => {
	const step = steps();
	let app, page;
	const see = (what) => app.look(what);
	const inHome = (...parts) => path.join(app.home, ...parts);
	/** Escape, and the dialog is closed. */
	const leaveDialog = async () => {
		await pressKeys("Bauta", "Escape");
		await app.dialogClosed();
	};
	const button = (text) => folderDialog(app).button(text);
	const choose = (...chosen) => folderDialog(app).choose(...chosen);
	const job = async (kind) => (await see("folderJobs"))[kind];
	const question = () => until("question", async () => (await see("review")).kind === "asking");

	before(async () => {
		app = await startApp();
		page = app.browser;
		await page.maximizeWindow();
	});
	after(() => app?.stop());

	step("the sample is drawn", async () => {
		await app.dispatch("file.sample");
		await until("sample", async () => (await see("picture"))?.kind === "ready", 400_000);
	});

	step("the review asks, lets correct, and says when one looks elsewhere", async () => {
		await pressKeys("Bauta", "shift+p");
		await question();
		await look(app, "review");
		await pressKeys("Bauta", "e");
		await until("correction", async () => (await see("review")).kind === "fixing");
		await look(app, "review-correct");
		await app.dispatch("file.previous");
		await app.textMatching(".lane", /another image/);
		await look(app, "review-elsewhere");
	});

	step("the keys answer, and the end says what comes next", async () => {
		await pressKeys("Bauta", "p");
		await question();
		await pressKeys("Bauta", "x");
		await until("answer", async () => (await see("review")).answers === 1);
		await question();
		const slider = await page.$(".lane input[type=range]");
		await slider.click();
		await pressKeys("Bauta", "Home");
		await (await page.$("[data-command='review.acceptAbove']")).click();
		await app.textMatching(".lane", /Every proposal has an answer|put off/);
		await look(app, "review-end");
		await pressKeys("Bauta", "Escape");
		await until("end of the review", async () => (await see("review")).kind === "off");
		await app.dispatch("view.review");
		await app.textMatching(".lane", /There are no proposals/);
		await look(app, "review-nothing");
		await pressKeys("Bauta", "Escape");
	});

	step("detecting with settings", async () => {
		await app.dispatch("model.detectWith");
		await button("Detect");
		await look(app, "dialog-detect");
		await leaveDialog();
	});

	step("auto-crop is stopped and goes on where it was", async () => {
		mkdirSync(inHome("crops"));
		await app.dispatch("file.autocrop");
		await button("Cancel");
		await look(app, "dialog-autocrop");
		await choose(
			"autocropPhotos",
			"Choose the folder of the photos",
			inHome(".local/share/org.bauta.app/sample/photos"),
		);
		await choose("autocropCrops", "Choose a folder for the crops", inHome("crops"));
		await (await button("Crop")).click();
		await until("progress", async () => (await see("jobs"))[0]?.progress?.done > 0);
		await (await button("Stop")).click();
		const first = await until("end", async () => (await job("autocrop")).kind === "done" && job("autocrop"), 60_000);
		const { written, cancelled } = first.summary.crops;
		assert.ok(cancelled, "the sample is large enough to be stopped in time");
		await app.textMatching("dialog[open]", /Stopped\..*the next run goes on from there/s);
		await (await button("Another run…")).click();
		await (await button("Crop")).click();
		await until("a photo of the second run", async () => (await see("jobs"))[0]?.progress?.done > 0);
		await look(app, "dialog-autocrop-running");
		const second = await until("end", async () => (await job("autocrop")).kind === "done" && job("autocrop"), 180_000);
		assert.equal(second.summary.crops.unchanged, written);
		assert.equal(readdirSync(inHome("crops")).length, written + second.summary.crops.written + 1);
		await look(app, "dialog-autocrop-done");
	});

	step("unprocessed photos are copied", async () => {
		const { summary } = await job("autocrop");
		await leaveDialog();
		await app.dispatch("file.unprocessed");
		await button("Cancel");
		await look(app, "dialog-unprocessed");
		mkdirSync(inHome("by hand"));
		await choose("unprocessed", "Choose a folder for the photos without a crop", inHome("by hand"));
		await (await button("Compare and copy")).click();
		const done = await until(
			"end",
			async () => (await job("unprocessed")).kind === "done" && job("unprocessed"),
			60_000,
		);
		assert.equal(done.summary.copied, summary.withoutFace);
		await look(app, "dialog-unprocessed-done");
	});
});

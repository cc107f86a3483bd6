// The default training as somebody without any knowledge of it starts it: on the sample, one button.

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { screenshot } from "./desktop.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

describe("the default training", () => {
	const step = steps();
	let app, page;

	before(async () => {
		app = await startApp({ args: ["--sample"] });
		page = app.browser;
	});
	after(() => app?.stop());

	step("begins from a pretrained network", async () => {
		await until("sample", async () => (await app.look("picture"))?.kind === "ready", 180_000);
		await app.dispatch("view.train");
		await until("dataset", () => page.execute(() => document.querySelector(".dataset li") !== null));
		assert.ok(await page.execute(() => document.querySelector("input[value=transfer]").checked));
		screenshot("transfer-settings");
	});

	step("ends with a model that knows the sample", async () => {
		const start = await page.$("button=Start training");
		await start.waitForClickable();
		await start.click();
		await until("steps", async () => ["running", "finished"].includes((await app.look("training"))?.kind), 120_000);
		// The model is told before the end of the training.
		await until("model", async () => (await app.look("model")) !== null, 300_000);
		const training = await until("its end", async () => {
			const state = await app.look("training");
			return state.kind === "finished" && state;
		});
		assert.ok(training.summary.valAccuracy > 0.6, JSON.stringify(training.summary));
		screenshot("transfer-finished");
	});
});

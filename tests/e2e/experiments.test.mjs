// A study and a tuning in the real window: asked for, watched, stopped, gone on with after a restart, and reported.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { chooseInDialog } from "./desktop.mjs";
import { drawCrops } from "./drawn-crops.mjs";
import { drawPictures } from "./drawn-pictures.mjs";
import { look as lookAt } from "./looks.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

/** Pictures in both themes, and what axe-core says of them: asked for by BAUTA_LOOKS=1, because it takes long. */
const look = async (app, name) => process.env.BAUTA_LOOKS && lookAt(app, name);

describe("studies and tunings", () => {
	const step = steps();
	const folder = mkdtempSync(path.join(tmpdir(), "bauta-studies-"));
	const [photos, crops, home] = ["photos", "crops", "home"].map((name) => path.join(folder, name));
	let app, page;
	const button = async (name) => {
		const found = await page.$(`button=${name}`);
		await found.waitForClickable();
		await found.click();
	};
	const start = async () => {
		app = await startApp({ args: [photos], home });
		page = app.browser;
		await page.maximizeWindow();
		await until("photos", async () => (await app.look("rows"))?.length === 2);
	};
	/** Types numbers into the fields of the dialog, by their labels. */
	const fill = async (values) => {
		for (const [label, value] of Object.entries(values)) {
			const field = await page.$(`//dialog//label[contains(., "${label}")]//input[@type="number"]`);
			await field.setValue(String(value));
		}
	};
	const state = (pattern, patience) => app.textMatching("[role=status]", pattern, patience);
	/** The programs of trials that work for this window. */
	const trials = () => {
		const found = spawnSync("pgrep", ["-f", "--", `--trial ${folder}`], { encoding: "utf8" });
		return found.stdout.split("\n").filter(Boolean).map(Number);
	};
	const curves = () => page.execute(() => document.querySelectorAll(".figure canvas").length);

	before(async () => {
		drawPictures(photos, 2, { width: 320, height: 240 });
		drawCrops(crops, 20);
		await start();
	});
	after(async () => {
		await app?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	step("a study is asked for, watched, and stopped", async () => {
		await app.dispatch("view.train");
		await button("A folder…");
		await chooseInDialog(app, "Choose a folder with one folder for each category", crops);
		await button("Study…");
		await (await page.$("dialog input[value=losses]")).click();
		await fill({ "Picture size": 64, Epochs: 6, Seeds: 2 });
		await app.textMatching("dialog", /6 trainings, one after the other/);
		await look(app, "study-dialog");
		await button("Start study");
		await state(/Running · [0-5] of 6 trainings done.* epoch \d of 6/, 60_000);
		await button("Stop");
		await state(/Stopped · [0-5] of 6 trainings done/, 60_000);
	});

	step("after a restart it goes on where it was, and its curves are shown as they grow", async () => {
		await app.stop();
		await start();
		await app.dispatch("view.runs");
		const stopped = await app.textMatching("[data-experiment]", /Stopped · [0-5] of 6/);
		const done = Number(/(\d) of 6/.exec(stopped)[1]);
		await look(app, "study-stopped");
		await (await page.$("[data-experiment] .open")).click();
		await button("Go on");
		await state(new RegExp(`Running · [${done}-5] of 6`));
		await until("curves", async () => (await curves()) >= 2, 60_000);
		await state(/Done · 6 of 6 trainings done/, 120_000);
		const said = await page.$("main").getText();
		assert.match(said, /no difference .*that these data can show|is better than/);
		assert.match(said, /bauta study .*crops --out .* --grid losses --seeds 2/);
		await look(app, "study-done");
	});

	step("a tuning tries settings, survives the violent end of a trial and a stop, and is saved as a page", async () => {
		await app.dispatch("view.train");
		await button("A folder…");
		await chooseInDialog(app, "Choose a folder with one folder for each category", crops);
		await button("Find the best settings…");
		await (await page.$("dialog input[value=trials]")).click();
		await fill({ "Settings to try": 2, Seeds: 2 });
		for (const network of await page.$$("dialog input[type=checkbox]"))
			if ((await network.getValue()) !== "tiny") await network.click();
		await look(app, "tuning-dialog");
		await button("Start search");
		await until("the first trial's program", () => trials().length === 1, 60_000);
		for (const pid of trials()) process.kill(pid, "SIGKILL");
		await state(/Running · [1-9]\d* trainings? done/, 120_000);
		await button("Stop");
		await state(/Stopped · [1-9]\d* trainings? done/, 60_000);
		assert.deepEqual(trials(), [], "no trial works on");
		await button("Go on");
		await state(/Done · .*1 of them failed/, 240_000);
		await look(app, "tuning-done");
		await button("Export report…");
		await chooseInDialog(app, "Save the report", path.join(folder, "tuning.html"));
		await app.textMatching(".toasts", /tuning\.html/);
		const report = readFileSync(path.join(folder, "tuning.html"), "utf8");
		assert.match(report, /All trials/);
		assert.match(report, /ended by signal 9/);
		await button("All trainings");
		await until("both", () => page.execute(() => document.querySelectorAll("[data-experiment]").length === 2));
		const studies = readdirSync(folder, { recursive: true }).filter((name) => /\.studies[/\\][^/\\]+$/.test(name));
		assert.equal(studies.length, 2, studies.join());
	});
});

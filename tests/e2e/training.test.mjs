// Trainings in the real window: watched, stopped, gone on with, looked into, compared, reported; and what happens when
// the window is closed meanwhile.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { chromium } from "../runtimes/browser.mjs";
import { startApp } from "./app.mjs";
import { chooseInDialog, pressKeys } from "./desktop.mjs";
import { drawCrops } from "./drawn-crops.mjs";
import { drawPictures } from "./drawn-pictures.mjs";
import { look as lookAt } from "./looks.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

/** Pictures of every step in both themes, and what axe-core says of them: asked for by BAUTA_LOOKS=1, because it takes long. */
const look = async (app, name) => process.env.BAUTA_LOOKS && lookAt(app, name);

describe("trainings", () => {
	const step = steps();
	const folder = mkdtempSync(path.join(tmpdir(), "bauta-trainings-"));
	const [photos, crops] = [path.join(folder, "photos"), path.join(folder, "crops")];
	let app, page;
	const see = (what) => app.look(what);
	const has = (selector) => page.execute((s) => document.querySelector(s) !== null, selector);
	const press = (selector) => page.execute((s) => document.querySelector(s).click(), selector);
	const button = async (name) => {
		const found = await page.$(`button=${name}`);
		await found.waitForClickable();
		await found.click();
	};
	const settings = async (values) => {
		await page.execute((wanted) => {
			for (const details of document.querySelectorAll("details")) details.open = true;
			for (const [name, value] of Object.entries(wanted)) {
				const field = document.querySelector(`input[name=${name}]`);
				field.value = String(value);
				field.dispatchEvent(new Event("change", { bubbles: true }));
			}
		}, values);
	};
	const epochs = async () => (await see("training"))?.course?.epochs?.length ?? 0;
	const start = async () => {
		const started = await page.$("button.primary");
		await started.waitForClickable();
		await started.click();
	};

	before(async () => {
		drawPictures(photos, 2, { width: 320, height: 240 });
		drawCrops(crops, 40);
		app = await startApp({ args: [photos] });
		page = app.browser;
		await page.maximizeWindow();
		await until("photos", async () => (await see("rows"))?.length === 2);
	});
	after(async () => {
		await app?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	step("the settings say what is learned from, and show what the network will see", async () => {
		await app.dispatch("view.train");
		await button("A folder…");
		await chooseInDialog(app, "Choose a folder with one folder for each category", crops);
		await until("dataset", () => has(".dataset li"));
		await press("input[value=tiny]");
		await until("size", () => page.execute(() => document.querySelector("input[name=imageSize]")?.value === "64"));
		await until("comparison of the pictures", () =>
			page.execute(() => /nearly the same/.test(document.querySelector(".dataset").textContent)),
		);
		await page.execute(() => {
			for (const details of document.querySelectorAll("details")) details.open = true;
		});
		await until("preview", () =>
			page.execute(() => [...document.images].some((i) => i.naturalWidth === 8 * 64 && i.naturalHeight === 4 * 64)),
		);
		await look(app, "train-preview");
	});

	step("a training is watched and stopped; the best epoch is kept", async () => {
		await settings({ epochs: 900 });
		await start();
		await until("some epochs", async () => (await epochs()) >= 3, 60_000);
		assert.equal(await page.execute(() => document.querySelectorAll("canvas").length), 2);
		await button("Cancel");
		await until("end", async () => (await see("training")).kind === "finished");
		assert.equal((await see("training")).summary.cancelled, true);
	});

	step("it goes on from there; another one waits for it and is dropped", async () => {
		const before = await epochs();
		await button("Go on");
		await until("more epochs", async () => (await epochs()) > before + 1, 60_000);
		await button("Prepare another training");
		await start();
		await app.textMatching("#waiting-title", /1 training waits/);
		await look(app, "train-queue");
		// Sentences that wrap and unwrap with every epoch must not move it away from under the pointer.
		const places = await page.executeAsync((done) => {
			const drop = [...document.querySelectorAll("button")].find(
				({ textContent }) => textContent === "Do not train this",
			);
			const seen = new Set();
			const look = (frames) => {
				seen.add(Math.round(drop.getBoundingClientRect().y));
				if (frames > 0) requestAnimationFrame(() => look(frames - 1));
				else done([...seen]);
			};
			look(90);
		});
		assert.equal(places.length, 1, `the button was at ${places}`);
		await button("Do not train this");
		await until("no queue", async () => !(await has("#waiting-title")));
		await button("Cancel");
		await until("end", async () => (await see("training")).kind === "finished");
	});

	step("a second training with another seed does all its epochs", async () => {
		await button("Train again");
		await until("dataset", () => has(".dataset li"));
		await settings({ epochs: 6, seed: 7 });
		await start();
		await until("end", async () => (await see("training")).kind === "finished" && (await epochs()) === 6, 60_000);
		await look(app, "train-ended");
	});

	step("its page has curves, figures and the command; a cell of the confusion shows its pictures", async () => {
		await button("Open its page");
		await until("curves", () => page.execute(() => document.querySelectorAll(".figure canvas").length === 2));
		assert.match(await app.textMatching("[data-command-line]", /bauta train/), /--preset tiny .*--epochs 6.*--seed 7/);
		await press("[data-cell]");
		await until("pictures of the cell", () =>
			page.execute(() => {
				const pictures = [...document.querySelectorAll("[data-sample] img")];
				// Those below the edge of a small window are fetched when they come near.
				const missing = pictures.find((picture) => picture.naturalWidth !== 128);
				missing?.scrollIntoView();
				return pictures.length > 0 && missing === undefined;
			}),
		);
		await look(app, "run-page");
	});

	step("two are compared", async () => {
		await button("All trainings");
		await until("list", () => page.execute(() => document.querySelectorAll("[data-run]").length === 2));
		for (const box of await page.$$("[data-run] input")) await box.click();
		await look(app, "runs");
		await button("Compare 2");
		await until("curves", () => page.execute(() => document.querySelectorAll(".figure canvas").length === 2));
		const names = await page.execute(() => [...document.querySelectorAll("tbody th")].map((th) => th.textContent));
		assert.ok(names.includes("seed") && names.includes("epochs"), names.join());
		await look(app, "runs-compared");
	});

	step("numbers and pictures of a figure are saved", async () => {
		for (const [place, ending, begins] of [
			[1, "csv", "Epoch"],
			[3, "png", "\x89PNG"],
		]) {
			const file = path.join(folder, `figure.${ending}`);
			await press(`.figure .saves button:nth-child(${place})`);
			await chooseInDialog(app, "Save the figure", file);
			await until(`${ending} file`, () => existsSync(file));
			assert.ok(readFileSync(file, "latin1").startsWith(begins), ending);
		}
	});

	step("the report stands alone in another browser", async () => {
		const report = path.join(folder, "report.html");
		await button("Export report…");
		await chooseInDialog(app, "Save the report", report);
		await until("report", () => existsSync(report));
		const browser = chromium();
		if (!browser) return;
		const dom = execFileSync(
			browser,
			["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", `file://${report}`],
			{ encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
		);
		assert.match(dom, /<svg/);
		assert.match(dom, /bauta runs repeat/);
	});

	step(
		"of a training with a hundred thousand steps the curves are there at once, and closer ones when asked for",
		async () => {
			const project = path.join(
				photos,
				readdirSync(photos).find((name) => name.endsWith(".bauta")),
			);
			await app.stop();
			longRun(project);
			app = await startApp({ args: [project] });
			page = app.browser;
			await page.maximizeWindow();
			await until("photos", async () => (await see("rows"))?.length === 2);
			await app.dispatch("view.runs");
			await until("list", () => page.execute(() => document.querySelectorAll("[data-run]").length === 2));
			const millis = await page.executeAsync((done) => {
				const before = performance.now();
				const drawn = () => {
					if (
						Number(document.querySelector("[data-steps]")?.dataset.steps) > 1000 &&
						document.querySelectorAll(".figure canvas").length === 2
					)
						requestAnimationFrame(() => done(performance.now() - before));
					else requestAnimationFrame(drawn);
				};
				document.querySelector("[data-run] .open").click();
				drawn();
			});
			console.log(`curves of 100,000 steps: ${Math.round(millis)} ms`);
			const points = await page.execute(() => Number(document.querySelector("[data-steps]").dataset.steps));
			assert.ok(points > 1000 && points <= 4 * 800 + 2, `${points} points of 100,000 steps`);
		},
	);

	step("closing the window during a training asks; it ends with the best epoch kept", async () => {
		await app.dispatch("model.train");
		await button("A folder…");
		await chooseInDialog(app, "Choose a folder with one folder for each category", crops);
		await until("dataset", () => has(".dataset li"));
		await press("input[value=tiny]");
		await until("size", () => page.execute(() => document.querySelector("input[name=imageSize]")?.value === "64"));
		await settings({ epochs: 900 });
		await start();
		await until("an epoch", async () => (await epochs()) >= 1, 60_000);
		await pressKeys("Bauta", "alt+F4");
		await until("question", () => has("dialog[open]"));
		await look(app, "leave-training");
		const { pid } = app;
		// The window may be gone before WebDriver hears that the button was pressed.
		await page.execute(() => {
			const choices = [...document.querySelectorAll("dialog button")];
			setTimeout(() => choices.find((choice) => choice.textContent === "Stop and keep the best").click(), 50);
		});
		await until(
			"end of the program",
			() => !existsSync(`/proc/${pid}/fd`) || readdirSync(`/proc/${pid}/fd`).length === 0,
			30_000,
		);
		await app.stop();
		const project = path.join(
			photos,
			readdirSync(photos).find((name) => name.endsWith(".bauta")),
		);
		app = await startApp({ args: [project] });
		page = app.browser;
		const { runs } = await app.invoke("runs");
		assert.equal(runs.at(-1).outcome, "cancelled");
		assert.ok(runs.at(-1).hasModel);
	});
});

/** Makes the last training of a project one of a hundred epochs with a thousand steps each. */
function longRun(project) {
	const script = `
import json, math, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
(key,) = db.execute("SELECT max(key) FROM runs").fetchone()
db.execute("DELETE FROM epochs WHERE run = ?", (key,))
for epoch in range(1, 101):
    steps = [[1 / (epoch + step / 1000) + 0.01 * math.sin(step), min(1, epoch / 120 + 0.05 * math.cos(step))] for step in range(1, 1001)]
    db.execute("INSERT INTO epochs (run, epoch, loss, accuracy, val_loss, val_accuracy, seconds, cpu_seconds, steps, confusion) VALUES (?, ?, ?, ?, ?, ?, 1, 2, ?, '[]')", (key, epoch, 1 / epoch, epoch / 120, 1.2 / epoch, epoch / 130, json.dumps(steps)))
db.commit()
`;
	execFileSync("/usr/bin/python3", ["-c", script, project]);
}

// Auto-crop → unprocessed → annotate by hand → crop, in the real window on real photos; and what the dialogs say
// when something is wrong.

import assert from "node:assert/strict";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { chooseInDialog, clickMenu, pressKeys, screenshot } from "./desktop.mjs";
import { folderDialog } from "./folder-dialog.mjs";
import { realData } from "./photos.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

const set = realData("C_photos");
const PHOTOS = 60;
/** Photos that get a box by hand: as many as the list shows without scrolling. */
const DRAWN = 5;

describe("from a folder of photos to a clean dataset", { skip: set === null }, () => {
	const step = steps();
	let app, page, folder, names;
	const look = (what) => app.look(what);
	const inFolder = (...parts) => path.join(folder, ...parts);
	const files = (name) => (existsSync(inFolder(name)) ? readdirSync(inFolder(name)) : []);
	const job = async (kind) => (await look("folderJobs"))[kind];
	const button = (text) => folderDialog(app).button(text);
	const choose = (...chosen) => folderDialog(app).choose(...chosen);

	before(async () => {
		folder = mkdtempSync(path.join(tmpdir(), "bauta-loop-"));
		for (const name of ["raw", "by hand"]) mkdirSync(inFolder(name));
		// Every twelfth photo or so: few faces, many, and none that the detector finds.
		const all = readdirSync(path.join(set, "images"))
			.filter((name) => name.endsWith(".jpg"))
			.sort();
		names = all.filter((_, index) => index % Math.floor(all.length / PHOTOS) === 0).slice(0, PHOTOS);
		for (const name of names) copyFileSync(path.join(set, "images", name), inFolder("raw", name));
		writeFileSync(inFolder("raw", "broken.jpg"), "no picture");
		app = await startApp();
		page = app.browser;
	});
	after(async () => {
		await app?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	step("a folder for crops inside the photos' folder is refused with the remedy", async () => {
		await clickMenu(app, "File", "Auto-crop a folder…");
		await choose("autocropPhotos", "Choose the folder of the photos", inFolder("raw"));
		mkdirSync(inFolder("raw", "crops"));
		await choose("autocropCrops", "Choose a folder for the crops", inFolder("raw", "crops"));
		await (await button("Crop")).click();
		await app.textMatching("dialog[open]", /lies inside the folder of photos.*choose a folder beside it/s);
		screenshot("autocrop-refused");
		rmSync(inFolder("raw", "crops"), { recursive: true });
		await (await button("Try again")).click();
	});

	step("auto-crop shows how far it is, goes on behind its closed dialog, and lists what came of it", async () => {
		mkdirSync(inFolder("crops"));
		await choose("autocropCrops", "Choose a folder for the crops", inFolder("crops"));
		const least = await page.$("dialog[open] input[max='2000']");
		await least.setValue("60");
		screenshot("autocrop-form");
		await (await button("Crop")).click();
		await until("progress", async () => (await job("autocrop")).kind === "running");
		await (await button("Go on in the background")).click();
		const again = await until(
			"message of the end",
			async () => {
				const toast = await (await page.$(".toasts")).$("button=Show result");
				return (await toast.isExisting()) && toast;
			},
			120_000,
		);
		await again.click();
		const { summary } = await job("autocrop");
		assert.equal(summary.crops.written, files("crops").filter((name) => name.endsWith(".png")).length);
		assert.ok(summary.crops.written >= PHOTOS / 3, JSON.stringify(summary));
		assert.ok(summary.withoutFace > 0, "photos with small faces only have no crop");
		assert.equal(summary.crops.problems.length, 1);
		await app.textMatching("dialog[open]", /broken\.jpg/);
		screenshot("autocrop-done");
	});

	step("a second run changes nothing", async () => {
		const before = files("crops");
		const { summary } = await job("autocrop");
		await (await button("Another run…")).click();
		await (await page.$("dialog[open] input[max='2000']")).setValue("60");
		await (await button("Crop")).click();
		const again = await until(
			"end of the second run",
			async () => {
				const now = await job("autocrop");
				return now.kind === "done" && now.summary;
			},
			120_000,
		);
		assert.deepEqual([again.crops.written, again.crops.unchanged], [0, summary.crops.written]);
		assert.deepEqual(files("crops"), before);
	});

	step("the photos without a crop are copied, in the folders that auto-crop used", async () => {
		const { summary } = await job("autocrop");
		await (await button("Find unprocessed photos…")).click();
		await choose("unprocessed", "Choose a folder for the photos without a crop", inFolder("by hand"));
		screenshot("unprocessed-form");
		await (await button("Compare and copy")).click();
		const { summary: found } = await until(
			"end of the comparison",
			async () => {
				const now = await job("unprocessed");
				return now.kind === "done" && now;
			},
			60_000,
		);
		// The damaged file has no crop either.
		assert.equal(found.copied, summary.withoutFace + 1);
		assert.equal(files("by hand").length, found.copied);
		assert.equal(files("raw").length, names.length + 1, "nothing is moved");
		screenshot("unprocessed-done");
	});

	step("they are annotated by hand", async () => {
		await (await button("Annotate them")).click();
		const rows = await until("photos", async () => {
			const all = (await look("rows")) ?? [];
			return all.length === files("by hand").filter((name) => name.endsWith(".jpg")).length && all;
		});
		await app.dispatch("categories.add");
		const field = await page.$("dialog[open] input");
		await field.waitForDisplayed();
		await field.setValue("face");
		await page.keys("Enter");
		await until("category", async () => (await look("categories")).length === 1);
		for (const row of rows.filter((row) => !row.name.startsWith("broken")).slice(0, DRAWN)) {
			await (await page.$(`[data-image="${row.id}"]`)).click();
			await until(
				`photo ${row.name}`,
				async () =>
					(await look("snapshot")).image?.id === row.id &&
					(await look("picture")).kind === "ready" &&
					(await page.execute(() => window.__bauta.viewport.painted)) === row.id,
			);
			const [from, to] = await page.execute(() =>
				[
					[20, 20],
					[120, 130],
				].map(([x, y]) => window.__bauta.viewport.screenFromImage(x, y)),
			);
			const place = ({ x, y }) => ({ origin: "viewport", x: Math.round(x), y: Math.round(y) });
			await page
				.action("pointer")
				.move(place(from))
				.down()
				.move(place({ x: (from.x + to.x) / 2, y: to.y }))
				.move(place(to))
				.up()
				.perform();
			await until("box", async () => (await look("snapshot")).annotations.length === 1);
			await pressKeys("Bauta", "1");
			await until(
				"labelled box",
				async () => (await look("rows")).find(({ id }) => id === row.id).categories.length === 1,
			);
		}
	});

	step("and their crops join the others in the same folder", async () => {
		const before = files("crops").filter((name) => name.endsWith(".png"));
		await app.dispatch("file.crop");
		await (await button("Choose folder…")).click();
		await chooseInDialog(app, "Choose a folder for the crops", inFolder("crops"));
		await until("crops", async () => (await look("jobs")).length === 0 && files("crops/face").length === DRAWN);
		assert.deepEqual(
			files("crops").filter((name) => name.endsWith(".png")),
			before,
			"those of auto-crop stay",
		);
		const manifest = readFileSync(inFolder("crops", "manifest.csv"), "utf8").trim().split("\n");
		const byHand = manifest.filter((line) => line.includes(",face,"));
		assert.equal(byHand.length, DRAWN);
		assert.ok(byHand.every((line) => line.includes("by hand")));
	});

	step("so that these photos are no longer unprocessed", async () => {
		const { summary: first } = await job("unprocessed");
		await clickMenu(app, "File", "Find unprocessed photos…");
		await (await button("Another run…")).click();
		await (await button("Compare and copy")).click();
		const found = await until(
			"end of the second comparison",
			async () => {
				const now = await job("unprocessed");
				return now.kind === "done" && now.summary;
			},
			60_000,
		);
		assert.equal(found.processed, first.processed + DRAWN);
		assert.deepEqual([found.copied, found.already], [0, first.copied - DRAWN], "the others lie there already");
		screenshot("unprocessed-again");
	});
});

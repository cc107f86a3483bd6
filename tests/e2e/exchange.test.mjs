// Annotations in and out of the real window: native dialogs, the plan, missing pictures, conflicts, undo, exports.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { chooseInDialog, clickMenu, screenshot } from "./desktop.mjs";
import { drawPictures } from "./drawn-pictures.mjs";
import { look as lookAt } from "./looks.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

describe("import and export", () => {
	const step = steps();
	let home, files, app, page;
	const look = (what) => app.look(what);
	const text = () => page.execute(() => document.body.textContent);
	const shows = (words) => until(words, async () => (await text()).includes(words));
	const press = (name) =>
		page.execute((wanted) => {
			const named = [...document.querySelectorAll("dialog button")].find((b) => b.textContent.trim() === wanted);
			named.click();
		}, name);
	const count = async () => (await look("rows")).reduce((sum, row) => sum + row.boxes, 0);

	before(async () => {
		home = mkdtempSync(path.join(tmpdir(), "bauta-home-"));
		files = mkdtempSync(path.join(tmpdir(), "bauta-files-"));
		app = await startApp({ args: ["--sample"], home });
		page = app.browser;
		await until("sample", async () => (await look("picture"))?.kind === "ready", 180_000);
	});
	after(async () => {
		await app?.stop();
		for (const folder of [home, files]) rmSync(folder, { recursive: true, force: true });
	});

	step("the sample goes out as COCO through the native menu and dialog", async () => {
		const boxes = await count();
		const target = path.join(files, "sample.json");
		await clickMenu(app, "File", "Export", "COCO…");
		await chooseInDialog(app, "Export the annotations", target);
		await shows("written to");
		const coco = JSON.parse(readFileSync(target, "utf8"));
		assert.equal(coco.annotations.length, boxes);
		await shows("Exported as COCO");
		await shows("1 file written");
		await shows("No problems");
		await lookAt(app, "exchange-export");
		await press("Close");
	});

	step("importing it again finds every box there already", async () => {
		await clickMenu(app, "File", "Import", "Annotations from a file…");
		await chooseInDialog(app, "Choose a file of annotations", path.join(files, "sample.json"));
		await shows("Everything in this file is in the project already");
		screenshot("import-nothing-new");
		await page.keys("Escape");
	});

	step("a file with conflicts, missing pictures and problems is planned, decided and undone in one step", async () => {
		const [first] = await look("rows");
		const coco = JSON.parse(readFileSync(path.join(files, "sample.json"), "utf8"));
		const image = coco.images.find(({ file_name }) => file_name.endsWith(first.name));
		const bonnet = coco.categories.length + 1;
		coco.categories.push({ id: bonnet, name: "bonnet" });
		// The boxes of two images have another category in the file.
		const second = coco.images.find(({ id }) => id !== image.id && coco.annotations.some((a) => a.image_id === id));
		const changed = coco.annotations.filter(({ image_id }) => image_id === image.id || image_id === second.id);
		for (const annotation of changed) annotation.category_id = bonnet;
		coco.images.push({ id: 9999, file_name: "nowhere.jpg" });
		coco.annotations.push({ id: 9999, image_id: 9999, category_id: 1, bbox: [1, 1, 20, 20] });
		coco.annotations.push({ id: 10000, image_id: image.id, category_id: 1, bbox: "none" });
		writeFileSync(path.join(files, "changed.json"), JSON.stringify(coco));
		const before = await count();
		await app.dispatch("import.file");
		await chooseInDialog(app, "Choose a file of annotations", path.join(files, "changed.json"));
		const [one, many] = ["is there with another category or place", "are there with another category or place"];
		await shows(changed.length === 1 ? `1 box ${one}` : `${changed.length} boxes ${many}`);
		await shows("1 picture was not found (1 box)");
		await shows("COCO annotations");
		screenshot("import-plan");
		// All stay as they are but one.
		const choice = await page.$(`select[aria-label="Box 1 of ${first.name}"]`);
		await choice.scrollIntoView();
		await lookAt(app, "exchange-conflicts");
		await choice.selectByAttribute("value", "takeTheirs");
		await press("Import");
		await shows("1 changed");
		const labelled = async () => (await look("categories")).find(({ name }) => name === "bonnet");
		assert.equal((await labelled()).boxes, 1);
		assert.ok((await look("categories")).some(({ name }) => name === "bonnet"));
		await app.dispatch("edit.undo");
		await until("undone", async () => !(await look("categories")).some(({ name }) => name === "bonnet"));
		assert.equal(await count(), before);
	});

	step("pictures that were not found are pointed to, and a plan that is cancelled changes nothing", async () => {
		const moved = path.join(files, "moved");
		drawPictures(moved, 1);
		const boxes = [{ id: 1, image_id: 1, category_id: 1, bbox: [10, 20, 300, 200] }];
		const images = [{ id: 1, file_name: "photos/img_1.bmp", width: 1600, height: 1200 }];
		const coco = { images, annotations: boxes, categories: [{ id: 1, name: "cap" }] };
		writeFileSync(path.join(files, "elsewhere.json"), JSON.stringify(coco));
		const before = await count();
		const choose = async () => {
			await app.dispatch("import.file");
			await chooseInDialog(app, "Choose a file of annotations", path.join(files, "elsewhere.json"));
			await shows("Nothing can be imported before the pictures are found");
			await press("Choose their folder…");
			await chooseInDialog(app, "Choose the folder of the missing pictures", moved);
			await shows("1 image found, 1 of them new in this project");
		};
		await choose();
		screenshot("import-located");
		await press("Cancel");
		await app.dialogClosed();
		assert.equal(await count(), before);
		await choose();
		await press("Import");
		await until("imported", async () => (await count()) === before + 1);
		assert.ok((await look("rows")).some(({ name, folder }) => name === "img_1.bmp" && folder === moved));
		await app.dispatch("edit.undo");
		await until("undone", async () => (await count()) === before);
	});

	step("YOLO fills a folder and a spreadsheet opens as one", async () => {
		const yolo = path.join(files, "yolo");
		mkdirSync(yolo);
		await app.dispatch("export.yolo");
		await chooseInDialog(app, "Choose an empty folder for the export", yolo);
		// The job has ended when its result is said: the next export waits for it.
		await shows(`written to ${yolo}`);
		screenshot("export-folder-result");
		await press("Close");
		assert.ok(existsSync(path.join(yolo, "data.yaml")));
		assert.ok(readdirSync(path.join(yolo, "labels")).length > 0);
		const sheet = path.join(files, "boxes.xlsx");
		await app.dispatch("export.xlsx");
		await chooseInDialog(app, "Export the annotations", sheet);
		await shows(`written to ${sheet}`);
		await press("Close");
		assert.equal(readFileSync(sheet).subarray(0, 2).toString(), "PK");
	});

	step("a CSV begins with a byte order mark for Excel, or without one for scripts", async () => {
		for (const [entry, head] of [
			["CSV…", "\ufeffimage"],
			["CSV without byte order mark…", "image"],
		]) {
			const target = path.join(files, `boxes-${head.length}.csv`);
			await clickMenu(app, "File", "Export", entry);
			await chooseInDialog(app, "Export the annotations", target);
			await shows(`written to ${target}`);
			await press("Close");
			assert.ok(readFileSync(target, "utf8").startsWith(head));
		}
	});

	step("a list of categories is planned and taken over", async () => {
		const list = path.join(files, "list.csv");
		writeFileSync(list, "name;description\nbeanie;on the head\n");
		await clickMenu(app, "Categories", "Import categories…");
		await chooseInDialog(app, "Choose a list of categories", list);
		await shows("beanie");
		await lookAt(app, "exchange-categories");
		await press("Import");
		await until("category", async () => (await look("categories")).some(({ name }) => name === "beanie"));
	});
});

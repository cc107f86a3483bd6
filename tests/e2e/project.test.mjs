// The project's rules in the real window, on the drawn sample: order of categories, preferences, destinations, a
// backup, and a second copy of the program that may only look.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { chooseInDialog, clickMenu, menuState, screenshot } from "./desktop.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

describe("the project, on the sample", () => {
	const step = steps();
	let app, page, second;
	const look = (what) => app.look(what);
	const names = async () => (await look("categories")).map(({ name }) => name);

	before(async () => {
		app = await startApp({ args: ["--sample"] });
		page = app.browser;
		await until("sample", async () => (await look("picture"))?.kind === "ready", 180_000);
	});
	after(async () => {
		await second?.stop();
		await app?.stop();
	});

	step("Alt with an arrow moves a category, and undo moves it back", async () => {
		const before = await names();
		await page.execute(() => document.querySelector("li[data-category] .actions button").focus());
		await page.keys(["Alt", "ArrowDown"]);
		await until("another order", async () => (await names())[1] === before[0]);
		await app.dispatch("edit.undo");
		await until("the order before", async () => (await names()).join() === before.join());
	});

	step("a category's dialog has colours, a key and a description", async () => {
		const [{ id }] = await look("categories");
		await page.execute((i) => document.querySelector(`li[data-category="${i}"] .actions button`).click(), id);
		const key = await page.$("dialog .field select");
		await key.waitForDisplayed();
		await key.selectByAttribute("value", "m");
		screenshot("project-category");
		await page.keys("Enter");
		await until("key", async () => (await look("categories"))[0].hotkey === "m");
	});

	step("a category is merged into another one, and undo parts them again", async () => {
		const [from, into, ...rest] = await look("categories");
		await page.execute((i) => document.querySelector(`li[data-category="${i}"] .actions button`).click(), from.id);
		const field = await page.$("dialog .merge select");
		await field.waitForDisplayed();
		await field.selectByVisibleText(into.name);
		await (await page.$("dialog .merge button")).click();
		await until("one category less", async () => (await look("categories")).length === 1 + rest.length);
		assert.equal((await look("categories"))[0].boxes, from.boxes + into.boxes);
		await app.dispatch("edit.undo");
		await until("both again", async () => (await look("categories")).length === 2 + rest.length);
		assert.deepEqual(
			(await look("categories")).map(({ boxes }) => boxes),
			[from, into, ...rest].map(({ boxes }) => boxes),
		);
	});

	step("all categories are listed, and the boxes of one are a click away", async () => {
		await clickMenu(app, "Categories", "Show all categories");
		const [{ id, boxes }] = await look("categories");
		const button = await page.$(`dialog tr[data-category="${id}"] .number button`);
		await button.waitForClickable();
		screenshot("project-categories");
		await button.click();
		await until("its boxes", async () => (await look("table")).total === boxes);
		await app.dispatch("view.label");
	});

	step("the pictures of the list are as large as wanted", async () => {
		const height = () => page.execute(() => document.querySelector(".strip .row").getBoundingClientRect().height);
		const before = await height();
		await app.dispatch("file.preferences");
		const size = await page.$("dialog select[data-preference=thumbnails]");
		await size.waitForDisplayed();
		await size.selectByAttribute("value", "large");
		await (await page.$("dialog .primary")).click();
		await until("larger rows", async () => (await height()) > 2 * before);
		await until("pictures", () =>
			page.execute(() => [...document.querySelectorAll(".strip img")].some((image) => image.naturalWidth > 0)),
		);
		screenshot("project-large-thumbnails");
	});

	step("preferences change the rule that boxes keep", async () => {
		await app.dispatch("file.preferences");
		const side = (await page.$$("dialog input[type=number]"))[1];
		await side.waitForDisplayed();
		await side.setValue("33");
		screenshot("project-preferences");
		await page.keys("Enter");
		await until("new rule", async () => (await look("project")).preferences.rules.minSide === 33);
	});

	step("the picture is saved resized into its destination", async () => {
		const folder = path.join(app.home, "resized");
		mkdirSync(folder);
		await app.dispatch("file.destinations");
		const choose = await page.$("button=Choose a folder…");
		await choose.waitForClickable();
		await choose.click();
		await chooseInDialog(app, "Destination of resized pictures", folder);
		const save = await page.$("button=Save 1 resized image now");
		await save.waitForClickable();
		screenshot("project-destinations");
		await save.click();
		const pngs = () => readdirSync(folder).filter((name) => name.endsWith(".png"));
		await until("resized picture", () => pngs().length === 1);
		await until("list of what was written", () =>
			page.execute((wanted) => document.querySelector("dialog")?.textContent.includes(wanted), folder),
		);
		screenshot("project-resized");
		await page.keys("Enter");
		const png = readFileSync(path.join(folder, pngs()[0]));
		assert.equal(png.subarray(1, 4).toString(), "PNG");
		assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [640, 480], "a smaller picture is not blown up");
	});

	step("a backup is a project of its own", async () => {
		const target = path.join(app.home, "kept.bauta");
		await app.dispatch("file.backup");
		await chooseInDialog(app, "Back up the project", target);
		await until("backup", () => existsSync(target));
		assert.equal(readFileSync(target).subarray(68, 72).toString(), "Baut");
	});

	step("work goes on with a copy, and the project before is one of the recent ones", async () => {
		const { path: before } = await look("project");
		const copy = path.join(app.home, "copy.bauta");
		await clickMenu(app, "File", "Save as…");
		await chooseInDialog(app, "Save the project as", copy);
		await until("copy", async () => (await look("project")).path === copy);
		assert.equal((await look("rows")).length, 120);
		await clickMenu(app, "File", "Open recent", `${path.basename(before, ".bauta")} – ${path.dirname(before)}`);
		await until("project before", async () => (await look("project")).path === before);
	});

	step("a second copy of the program is told and may look", async () => {
		const { path: file } = await look("project");
		second = await startApp({ args: [file] });
		const open = await second.browser.$("button=Open read-only");
		await open.waitForClickable({ timeout: 30_000 });
		screenshot("project-look-only");
		await open.click();
		await until("pictures", async () => (await second.look("rows"))?.length > 0);
		assert.equal((await second.look("project")).readOnly, true);
		assert.equal(menuState(second, "Categories", "Add category…").enabled, false);
		assert.equal(menuState(second, "View", "View annotations").enabled, true);
		const drawn = async () => (await second.look("snapshot")).annotations.length;
		const boxes = await drawn();
		await second.drag("canvas", { x: 300, y: 300 }, { x: 400, y: 400 });
		await second.dispatch("box.delete");
		assert.equal(await drawn(), boxes);
		screenshot("project-read-only");
	});
});

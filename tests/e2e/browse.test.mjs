// What is around the picture, in the real window on the drawn sample: the strip's filters, search, orders and marks,
// the table of all boxes with changes of many, the menus, the shortcuts, getting started.

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { clickMenu, menuState as menuStates, pressKeys, screenshot } from "./desktop.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

describe("around the picture, on the sample", () => {
	const step = steps();
	let app, page;
	const look = (what) => app.look(what);
	const current = async () => (await look("snapshot")).image?.id;
	const named = async (name) => (await look("rows")).find((row) => row.name === name);
	const strip = (label) => page.$(`.strip select[aria-label="${label}"]`);
	const filter = async (text) => (await strip("Which images are shown")).selectByAttribute("value", text);
	const saved = () =>
		until("saved state", () => page.execute(() => document.querySelector("[data-save]")?.dataset.save === "saved"));

	before(async () => {
		app = await startApp({ args: ["--sample"] });
		page = app.browser;
		await until("sample", async () => (await look("picture"))?.kind === "ready", 180_000);
	});
	after(() => app?.stop());

	step("the web view's own menu, with its Reload, is kept away", async () => {
		const kept = await page.execute(() => {
			const asked = (selector) => {
				const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
				return !document.querySelector(selector).dispatchEvent(event);
			};
			return [".strip", ".status", ".toolbar", "input[type=search]"].map(asked);
		});
		assert.deepEqual(kept, [true, true, true, false]);
	});

	step("the filter shows the images that are left to label, and next goes through them", async () => {
		const wanted = (await look("rows")).filter((row) => row.boxes === 0).map((row) => row.name);
		await filter("unlabelled");
		await until("filtered images", async () => (await look("shown")).length === wanted.length);
		assert.deepEqual(await look("shown"), wanted);
		await app.dispatch("file.next");
		await until("first unlabelled image", async () => (await current()) === (await named(wanted[0])).id);
		await app.dispatch("file.next");
		await until("second one", async () => (await current()) === (await named(wanted[1])).id);
		screenshot("browse-unlabelled");
	});

	step(
		"an image marked as background counts as labelled, keeps its place while it is open, and undo takes it back",
		async () => {
			const id = await current();
			const row = async () => (await look("rows")).find((each) => each.id === id);
			await page.execute(() => document.activeElement?.blur());
			await app.dispatch("box.rejectHere");
			await until("no proposals", async () => (await row()).proposals === 0);
			await saved();
			const before = (await look("shown")).length;
			await pressKeys("Bauta", "g");
			await until("background", async () => (await row()).background);
			assert.equal((await look("shown")).length, before);
			await until("words", () =>
				page.execute((i) => /no boxes on purpose/.test(document.querySelector(`[data-image="${i}"]`)?.textContent), id),
			);
			await app.dispatch("edit.undo");
			await until("undone", async () => !(await row()).background);
			await app.dispatch("edit.redo");
			await until("background again", async () => (await row()).background);
			await app.dispatch("file.next");
			await until("shorter list", async () => (await look("shown")).length === before - 1);
		},
	);

	step("by category, by name and by doubt", async () => {
		const category = (await look("categories"))[0];
		await filter(`category:${category.id}`);
		const having = (await look("rows")).filter((row) => row.categories.includes(category.id));
		await until("images of the category", async () => (await look("shown")).length === having.length);
		await filter("all");
		const search = await page.$(".strip input[type=search]");
		await search.setValue("_11");
		await until("found images", async () => (await look("shown")).every((name) => name.includes("_11")));
		assert.equal((await look("shown")).length, 10);
		await pressKeys("Bauta", "Escape");
		await until("all again", async () => (await look("shown")).length === 120);
		await (await strip("Order of the images")).selectByAttribute("value", "doubt");
		const doubts = new Map((await look("rows")).map((row) => [row.name, row.doubt ?? -1]));
		await until("doubtful first", async () => {
			const values = (await look("shown")).map((name) => doubts.get(name));
			return values[0] > 0 && values.every((value, place) => place === 0 || values[place - 1] >= value);
		});
		await (await strip("Order of the images")).selectByAttribute("value", "folder");
	});

	step("the table shows all boxes, filtered and sorted", async () => {
		await clickMenu(app, "View", "View annotations");
		const all = (await look("rows")).reduce((sum, row) => sum + row.boxes + row.proposals, 0);
		await until("all boxes", async () => (await look("table")).total === all);
		await until("pictures of boxes", () =>
			page.execute(() => [...document.querySelectorAll("[data-box] img")].filter((i) => i.naturalWidth > 0).length > 5),
		);
		screenshot("browse-table");
		const [category] = await look("categories");
		await (await page.$('.view select[aria-label="Category"]')).selectByVisibleText(category.name);
		await until("boxes of the category", async () => (await look("table")).total === category.boxes);
		await (await page.$("button*=Size")).click();
		const sizes = () =>
			page.execute(() =>
				[...document.querySelectorAll("[data-box]")].map((row) => {
					const [width, height] = row.children[3].textContent.split("×").map(Number);
					return width * height;
				}),
			);
		await until("sorted by size", async () => {
			const values = await sizes();
			return values.length > 5 && values.every((value, place) => place === 0 || values[place - 1] * 0.98 <= value);
		});
	});

	step("many boxes get another category in one step, and one undo takes it back", async () => {
		const [from, to] = await look("categories");
		const count = async (id) => (await look("categories")).find((category) => category.id === id).boxes;
		await (await page.$("[data-box]")).click();
		await pressKeys("Bauta", "shift+Down", "shift+Down", "shift+Down");
		await until("four chosen", async () => (await look("table")).chosen === 4);
		await (await page.$('.chosen select[aria-label="Change category…"]')).selectByVisibleText(to.name);
		await until(
			"changed boxes",
			async () => (await count(to.id)) === to.boxes + 4 && (await count(from.id)) === from.boxes - 4,
		);
		await until("shorter table", async () => (await look("table")).total === from.boxes - 4);
		screenshot("browse-table-changed");
		await app.dispatch("edit.undo");
		await until(
			"undone",
			async () => (await count(from.id)) === from.boxes && (await look("table")).total === from.boxes,
		);
	});

	step("all boxes of a category are deleted in one step, and undo brings them back", async () => {
		const [from] = await look("categories");
		await (await page.$("[data-box]")).click();
		await pressKeys("Bauta", "ctrl+a");
		await until("all chosen", async () => (await look("table")).chosen === from.boxes);
		await pressKeys("Bauta", "Delete");
		await until("empty table", async () => (await look("table")).total === 0);
		await app.dispatch("edit.undo");
		await until("all back", async () => (await look("table")).total === from.boxes);
	});

	step("Enter goes to the image with the box selected", async () => {
		await (await page.$("[data-box]")).click();
		const id = await page.execute(() => document.querySelector("[data-box]").dataset.box);
		await pressKeys("Bauta", "Return");
		await until("selected box", async () => (await look("snapshot")).selected.includes(id));
		assert.equal(await look("view"), "label");
	});

	step("the list of shortcuts opens by its key, finds words, and leads back", async () => {
		await pressKeys("Bauta", "question");
		const field = await page.$("dialog input[type=search]");
		await field.waitForExist();
		await field.setValue("detect");
		const texts = () => page.execute(() => [...document.querySelectorAll("dialog dt")].map((e) => e.textContent));
		await until("found shortcuts", async () => (await texts()).length === 2);
		assert.ok((await texts()).every((text) => text.startsWith("Detect faces")));
		await pressKeys("Bauta", "Escape", "Escape");
		await until("closed dialog", () => page.execute(() => document.querySelector("dialog") === null));
	});

	step("menus tell what makes sense: ticks and grey entries, nested", async () => {
		const state = (...names) => menuStates(app, ...names);
		assert.deepEqual(state("View", "Label"), { enabled: true, ticked: true });
		assert.deepEqual(state("View", "Train"), { enabled: true, ticked: false });
		assert.deepEqual(state("Model", "Classify current image"), { enabled: false, ticked: false });
		await clickMenu(app, "View", "Theme", "Dark");
		await until("dark theme", () => page.execute(() => document.documentElement.dataset.theme === "dark"));
		await until("tick at Dark", () => state("View", "Theme", "Dark").ticked);
		await clickMenu(app, "View", "Theme", "Dark");
		await until("tick that stays", () => state("View", "Theme", "Dark").ticked);
		await clickMenu(app, "View", "Theme", "As the system");
		assert.equal(state("Model", "Detect faces", "CenterFace").ticked, true);
		await clickMenu(app, "Model", "Detect faces", "Haar (paper)");
		await until("other detector", () => state("Model", "Detect faces", "Haar (paper)").ticked);
		assert.equal(state("Model", "Detect faces", "CenterFace").ticked, false);
		await clickMenu(app, "Model", "Detect faces", "CenterFace");
	});

	step("getting started says what comes next, and its buttons do it", async () => {
		await clickMenu(app, "Help", "Getting started");
		const next = await page.$("button*=Next unlabelled");
		await next.waitForClickable();
		screenshot("browse-guide");
		await next.click();
		await until("picture", async () => (await look("view")) === "label");
	});
});

// The picture in the real window: drawing, selecting, moving, zooming, copying, labelling, by mouse and without.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { clickMenuItem, holdKey, pressKeys, rightClick, screenshot } from "./desktop.mjs";
import { drawPictures } from "./drawn-pictures.mjs";
import { look, SCREEN } from "./looks.mjs";
import { pictureOf } from "./picture.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

const SHIFT = "\uE008";
const TITLE = "Bauta";

describe("the picture", () => {
	const step = steps();
	let photos, photos2, app, page, picture;
	const keys = (...combinations) => pressKeys(TITLE, ...combinations);
	const popupOpen = () => page.execute(() => document.querySelector(".popup") !== null);
	const text = (selector) => page.execute((wanted) => document.querySelector(wanted)?.textContent, selector);
	const ready = async (name) =>
		until(`image ${name}`, async () => {
			const shown = await page.execute(() => document.querySelector(".status .name")?.textContent);
			return shown === name && (await app.look("picture")).kind === "ready";
		});
	const boxes = (count) => until(`${count} boxes`, async () => (await picture.boxes()).length === count);
	const categories = async () => (await picture.boxes()).map(({ category }) => category);
	const boxAt = (...edges) => until(`box at ${edges}`, () => picture.boxAt(...edges));
	/** Ctrl+Z once, then the condition holds. */
	const undo = async (what, condition) => {
		await picture.saved();
		await keys("ctrl+z");
		await until(what, condition);
		await picture.saved();
	};

	before(async () => {
		photos = mkdtempSync(path.join(tmpdir(), "bauta-photos-"));
		drawPictures(photos, 3);
		photos2 = mkdtempSync(path.join(tmpdir(), "bauta-photos-"));
		drawPictures(photos2, 1);
		app = await startApp({ args: [photos] });
		page = app.browser;
		picture = pictureOf(app);
		await page.maximizeWindow();
		await ready("img_1.bmp");
	});
	after(async () => {
		await app?.stop();
		for (const folder of [photos, photos2]) rmSync(folder, { recursive: true, force: true });
	});

	step("a box is drawn, its category typed and made; the next one takes the same by Enter", async () => {
		await picture.drag(100, 100, 300, 300);
		await until("popup", popupOpen);
		await page.keys([..."with mask", "Enter"]);
		await until("category", async () => (await categories())[0] !== null);
		await picture.drag(400, 100, 600, 300);
		await until("popup", popupOpen);
		assert.match(await text(".popup"), /As last: with mask/);
		await page.keys("Enter");
		await until("same category", async () => {
			const [first, second] = await categories();
			return second !== undefined && first === second;
		});
		await picture.drag(700, 100, 900, 300);
		await until("popup", popupOpen);
		await page.keys("Escape");
		await boxes(3);
	});

	step("while it is drawn a box says its size and why it would not be kept; Escape drops it", async () => {
		const mouse = await picture.mouse();
		await mouse.moveTo(120, 350);
		mouse.press();
		await mouse.moveTo(200, 300);
		await mouse.moveTo(250, 150);
		await until("draft", () => page.execute(() => window.__bauta.viewport.readout?.reason !== null));
		assert.match(await page.execute(() => window.__bauta.viewport.readout.text), /^\d+ × \d+ px$/);
		screenshot(`canvas-${SCREEN}-refused-draft`);
		await keys("Escape");
		await until("no draft", () => page.execute(() => window.__bauta.viewport.readout === null));
		mouse.release();
		assert.equal((await picture.boxes()).length, 3);
	});

	step("boxes are chosen by click, Shift and click, rubber band and Ctrl+A", async () => {
		await keys("Escape", "s");
		const selected = (count) => until(`${count} selected`, async () => (await picture.selected()).length === count);
		await picture.click(200, 200);
		await selected(1);
		await picture.click(500, 200, SHIFT);
		await selected(2);
		await picture.click(200, 200, SHIFT);
		await selected(1);
		await keys("ctrl+a");
		await selected(3);
		await picture.click(1000, 900);
		await selected(0);
		const mouse = await picture.mouse();
		await mouse.moveTo(650, 500);
		mouse.press();
		await mouse.moveTo(500, 400);
		await mouse.moveTo(250, 250);
		screenshot(`canvas-${SCREEN}-rubber-band`);
		mouse.release();
		await selected(2);
	});

	step("one box or several are moved and resized, each gesture being one undo", async () => {
		await picture.drag(200, 200, 260, 250);
		await boxAt(160, 150, 360, 350);
		await boxAt(460, 150, 660, 350);
		await undo(
			"boxes back",
			async () => (await picture.boxAt(100, 100, 300, 300)) && picture.boxAt(400, 100, 600, 300),
		);
		await picture.drag(500, 200, 20, 200);
		await boxAt(0, 100, 200, 300);
		await boxAt(300, 100, 500, 300);
		await undo("boxes back again", () => picture.boxAt(100, 100, 300, 300));
		await picture.click(800, 200);
		await picture.drag(900, 300, 960, 390);
		await boxAt(700, 100, 960, 390);
		await picture.drag(700, 245, 680, 245);
		await boxAt(680, 100, 960, 390);
		await undo("left side back", () => picture.boxAt(700, 100, 960, 390));
		await undo("size back", () => picture.boxAt(700, 100, 900, 300));
	});

	step("a held arrow key is one undo step", async () => {
		await picture.click(800, 200);
		const third = async () => (await picture.boxes())[2].bbox;
		const { x1, y1 } = await third();
		const release = holdKey("Down");
		// The draft moves while the key repeats; the box itself when the key comes up.
		await until("moved draft", () => page.execute((y) => (window.__bauta.viewport.nudged?.y1 ?? 0) > y + 3, y1));
		release();
		await until("moved box", async () => (await third()).y1 > y1 + 3);
		await keys("shift+Right");
		await until("ten pixels", async () => (await third()).x1 === x1 + 10);
		await undo("back by ten", async () => (await third()).x1 === x1);
		await undo("back up", async () => (await third()).y1 === y1);
	});

	step("the wheel zooms at the pointer, from the whole picture to 3200 %", async () => {
		const mouse = await picture.mouse();
		await mouse.moveTo(500, 200);
		const [before, place] = [await picture.zoom(), await picture.inWindow(500, 200)];
		mouse.click(4, 3);
		await until("larger picture", async () => (await picture.zoom()) > before);
		const after = await picture.inWindow(500, 200);
		const shift = Math.hypot(after.x - place.x, after.y - place.y);
		assert.ok(
			shift < 3,
			`the point under the pointer moved by ${shift} px, ${JSON.stringify([place, after, before, await picture.zoom()])}`,
		);
		mouse.click(4, 80);
		await until("3200 %", async () => (await picture.zoom()) === 3200);
		screenshot(`canvas-${SCREEN}-3200-percent`);
		mouse.click(5, 80);
		await until("whole picture", async () => (await picture.zoom()) === before);
	});

	step("Space and the middle button drag the picture", async () => {
		for (let turn = 0; turn < 4; turn++) await app.dispatch("view.zoomIn");
		const mouse = await picture.mouse();
		for (const [button, key] of [
			[2, null],
			[1, "space"],
		]) {
			await mouse.moveTo(800, 600);
			const before = await picture.inWindow(0, 0);
			const release = key && holdKey(key);
			mouse.press(button);
			await mouse.moveTo(700, 500);
			mouse.release(button);
			release?.();
			await until("moved picture", async () => (await picture.inWindow(0, 0)).x < before.x - 20);
		}
		await keys("f");
		assert.equal((await picture.boxes()).length, 3);
	});

	step("the popup opens by double-click, changes the box by numbers, and never covers it", async () => {
		await page
			.action("pointer")
			.move(rounded(await picture.inWindow(500, 200)))
			.down()
			.up()
			.down()
			.up()
			.perform();
		await until("popup", popupOpen);
		await page.execute(() => document.querySelector(".popup input[name=width]").select());
		await page.keys([..."150", "Enter"]);
		await boxAt(400, 100, 550, 300);
		assert.match(await text(".popup .area"), /30,\d{3} px²/);
		await look(app, "canvas-popup");
		await keys("Escape");
		for (const edges of [
			[1200, 900, 1595, 1195],
			[5, 800, 395, 1195],
		]) {
			await keys("d");
			await picture.drag(...edges);
			await until("popup", popupOpen);
			await assertUncovered(edges);
			await page.keys("Escape");
			await keys("ctrl+z");
			await boxes(3);
		}
	});

	step("even beside a box as large as the picture", async () => {
		await keys("ctrl+a", "Delete");
		await boxes(0);
		await picture.drag(2, 2, 1598, 1198);
		await until("popup", popupOpen);
		await assertUncovered([2, 2, 1598, 1198]);
		screenshot(`canvas-${SCREEN}-popup-beside-everything`);
		await page.keys("Escape");
		await keys("ctrl+z");
		await boxes(0);
		await keys("ctrl+z");
		await boxes(3);
	});

	step("boxes are copied to the next image, from the previous one, beside themselves, and cut", async () => {
		const before = (await picture.boxes()).map(({ bbox }) => bbox);
		await keys("ctrl+a", "ctrl+c", "Next");
		await ready("img_2.bmp");
		await keys("ctrl+v");
		await boxes(3);
		assert.deepEqual(
			(await picture.boxes()).map(({ bbox }) => bbox),
			before,
		);
		assert.deepEqual(await categories(), [...(await categories()).slice(0, 2), null]);
		await undo("nothing pasted", async () => (await picture.boxes()).length === 0);
		await keys("ctrl+shift+v");
		await boxes(3);
		await keys("ctrl+shift+v");
		await until("reason", () => page.execute(() => /3 boxes were left out/.test(document.body.textContent)));
		await picture.click(200, 200);
		await keys("ctrl+j");
		await boxes(4);
		await keys("ctrl+x");
		await boxes(3);
		await picture.saved();
	});

	step("a text field keeps its own select all, cut and paste", async () => {
		const before = (await picture.boxes()).length;
		await picture.click(200, 200);
		const search = await page.$("input[type=search]");
		await search.click();
		await page.keys([..."img"]);
		await keys("ctrl+a", "ctrl+x");
		await until("empty field", async () => (await search.getValue()) === "");
		await keys("ctrl+v", "ctrl+v");
		await until("text pasted twice", async () => (await search.getValue()) === "imgimg");
		await keys("ctrl+a", "BackSpace");
		assert.equal((await picture.boxes()).length, before);
	});

	step("boxes go to another window by the system's clipboard", async () => {
		await picture.click(200, 200);
		await app.dispatch("edit.copy");
		const other = await startApp({ args: [photos2] });
		try {
			await until("picture", async () => (await other.look("picture"))?.kind === "ready");
			await other.dispatch("edit.paste");
			await until("pasted box", async () => (await other.look("snapshot")).annotations.length === 1);
			const [{ bbox, category }] = (await other.look("snapshot")).annotations;
			const [first] = await picture.boxes();
			assert.deepEqual([bbox, category], [first.bbox, null]);
			assert.match(
				await other.browser.execute(() => document.body.textContent),
				/a category that this project does not have/,
			);
		} finally {
			await other.stop();
		}
	});

	step("tags are legible on a dark picture, at every zoom, in both themes", async () => {
		await look(app, "canvas-dark-picture");
		for (let turn = 0; turn < 3; turn++) await app.dispatch("view.zoomIn");
		screenshot(`canvas-${SCREEN}-zoomed-in`);
		await keys("f");
	});

	step("the native context menus label, duplicate and delete, and paste", async () => {
		await rightClick(app, TITLE, "canvas", await picture.onCanvas(800, 200));
		await clickMenuItem(app, "with mask");
		await until("category", async () => (await categories()).every((category) => category !== null));
		await rightClick(app, TITLE, "canvas", await picture.onCanvas(800, 200));
		screenshot(`canvas-${SCREEN}-context-menu`);
		await clickMenuItem(app, "Delete box");
		await boxes(2);
		await rightClick(app, TITLE, "canvas", await picture.onCanvas(1200, 900));
		screenshot(`canvas-${SCREEN}-context-menu-empty`);
		await clickMenuItem(app, "Paste");
		await boxes(3);
		await rightClick(app, TITLE, "canvas", await picture.onCanvas(200, 200));
		await clickMenuItem(app, "Edit box…");
		await until("popup", popupOpen);
		await page.keys("Escape");
		await picture.saved();
	});

	step("without a mouse: a box is drawn, labelled, found, moved, resized and deleted", async () => {
		await keys("Next");
		await ready("img_3.bmp");
		await keys("b");
		await until("hint", () => page.execute(() => /Enter sets the first corner/.test(document.body.textContent)));
		await keys("Left", "Left", "Return", "Down", "Down", "Down", "shift+Right", "shift+Right", "shift+Right");
		screenshot(`canvas-${SCREEN}-keyboard-draft`);
		await keys("Return");
		await boxes(1);
		await until("popup", popupOpen);
		await page.keys("1");
		await until("category", async () => (await categories())[0] !== null);
		await keys("Escape", "Escape", "Tab");
		await until("selection", async () => (await picture.selected()).length === 1);
		const said = () => page.execute(() => document.querySelector("[role=status].visually-hidden")?.textContent);
		assert.match(await said(), /^Box 1 of 1: with mask/);
		const [{ bbox }] = await picture.boxes();
		await keys("shift+Right", "alt+Down");
		const { x1, y1, x2, y2 } = bbox;
		await boxAt(x1 + 10, y1, x2 + 10, y2 + 1);
		await keys("Delete");
		await boxes(0);
	});

	step("N goes to what is left to label", async () => {
		await keys("n");
		await ready("img_1.bmp");
		await until("unlabelled box", async () => {
			const [selected] = await picture.selected();
			return (await picture.boxes()).find(({ id }) => id === selected)?.category === null;
		});
		await keys("1", "n");
		await ready("img_3.bmp");
		await picture.saved();
	});

	async function assertUncovered([x1, y1, x2, y2]) {
		const [a, b] = [await picture.inWindow(x1, y1), await picture.inWindow(x2, y2)];
		const popup = await page.execute(() => {
			const { left, top, right, bottom } = document.querySelector(".popup").getBoundingClientRect();
			return { left, top, right, bottom, width: innerWidth, height: innerHeight };
		});
		const apart = popup.left >= b.x || popup.right <= a.x || popup.top >= b.y || popup.bottom <= a.y;
		assert.ok(apart, `the popup ${JSON.stringify(popup)} covers the box ${JSON.stringify([a, b])}`);
		assert.ok(popup.left >= 0 && popup.top >= 0 && popup.right <= popup.width && popup.bottom <= popup.height);
	}
});

function rounded({ x, y }) {
	return { x: Math.round(x), y: Math.round(y) };
}

// Drawing in the real window on the drawn sample: by mouse and keyboard, with undo, the native menus, and a restart.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { clickMenu, clickMenuItem, pressKeys, rightClick, screenshot } from "./desktop.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

describe("drawing on the sample", () => {
	const step = steps();
	let home, app, page;
	const look = (what) => app.look(what);
	const dispatch = (id) => app.dispatch(id);
	const boxes = async () => (await look("snapshot")).annotations;
	const saved = () =>
		until("saved state", () => page.execute(() => document.querySelector("[data-save]")?.dataset.save === "saved"));
	/** Drags over the canvas between two points of the picture. */
	const drag = async (x1, y1, x2, y2) => {
		const canvas = await page.$("canvas");
		const at = (x, y) =>
			page.execute(
				(px, py) => {
					const point = window.__bauta.viewport.screenFromImage(px, py);
					const { left, top } = document.querySelector("canvas").getBoundingClientRect();
					return { x: point.x - left, y: point.y - top };
				},
				x,
				y,
			);
		await canvas.waitForExist();
		await app.drag("canvas", await at(x1, y1), await at(x2, y2));
	};

	before(async () => {
		home = mkdtempSync(path.join(tmpdir(), "bauta-home-"));
		app = await startApp({ args: ["--sample"], home });
		page = app.browser;
		await until("sample", async () => (await look("picture"))?.kind === "ready", 180_000);
	});
	after(async () => {
		await app?.stop();
		rmSync(home, { recursive: true, force: true });
	});

	step("the sample has labelled pictures and some that are left to label", async () => {
		const rows = await look("rows");
		assert.equal(rows.length, 120);
		assert.ok(rows.filter((row) => row.boxes > 0).length >= 100);
		assert.ok(rows.filter((row) => row.boxes === 0 && row.proposals > 0).length >= 8);
	});

	step("a dragged box is stored in image pixels and labelled by a number key", async () => {
		const before = (await boxes()).length;
		await drag(5, 5, 65, 85);
		await until("drawn box", async () => (await boxes()).length === before + 1);
		await page.keys("2");
		await until("category", async () => (await boxes()).at(-1).category !== null);
		await saved();
		const { bbox } = (await boxes()).at(-1);
		const wanted = { x1: 5, y1: 5, x2: 65, y2: 85 };
		for (const edge of Object.keys(wanted))
			assert.ok(Math.abs(bbox[edge] - wanted[edge]) <= 1.5, `${edge}: ${bbox[edge]}`);
		await page.keys("Escape");
	});

	step("a box that is too small is not stored and the reason is shown", async () => {
		const before = (await boxes()).length;
		await drag(100, 5, 103, 40);
		await until("reason", () => page.execute(() => /longer than 5/.test(document.body.textContent)));
		assert.equal((await boxes()).length, before);
	});

	step("undo and redo by the real keyboard, named in the real menu", async () => {
		const before = (await boxes()).length;
		await pressKeys("Bauta", "ctrl+z");
		await until(
			"undone category",
			async () => (await boxes()).at(-1).category === null || (await boxes()).length < before,
		);
		while ((await boxes()).length === before) {
			await pressKeys("Bauta", "ctrl+z");
			await until("undone box", async () => (await boxes()).length < before);
		}
		await clickMenu(app, "Edit");
		screenshot("drawing-edit-menu");
		await page.keys("Escape");
		await pressKeys("Bauta", "Escape");
		await pressKeys("Bauta", "ctrl+shift+z");
		await until("redone box", async () => (await boxes()).length === before);
	});

	step("the native context menu gives a box another category", async () => {
		const place = await page.execute(() => {
			const box = window.__bauta.store.snapshot.annotations[0].bbox;
			const point = window.__bauta.viewport.screenFromImage((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2);
			const { left, top } = document.querySelector("canvas").getBoundingClientRect();
			return { x: point.x - left, y: point.y - top };
		});
		const first = (await boxes())[0];
		const other = (await look("categories")).find((category) => category.id !== first.category);
		await rightClick(app, "Bauta", "canvas", place);
		await clickMenuItem(app, other.name);
		await until("new category", async () => (await boxes())[0].category === other.id);
		await saved();
	});

	step("next and previous picture by keys, and the native menu opens the shortcuts", async () => {
		const current = () => page.execute(() => document.querySelector(".status .name")?.textContent);
		const first = await current();
		await dispatch("file.next");
		await until("next picture", async () => (await current()) !== first);
		await dispatch("file.previous");
		await until("first picture", async () => (await current()) === first);
		await pressKeys("Bauta", "F1");
		await until("shortcuts", () => page.execute(() => document.querySelector("dialog[open], [role=dialog]") !== null));
		await pressKeys("Bauta", "Escape");
	});

	step("P goes to a proposal, and the native context menu accepts it", async () => {
		await pressKeys("Bauta", "Escape", "Escape", "p");
		const chosen = async () => {
			const { annotations, selected } = await look("snapshot");
			return annotations.find(({ id }) => id === selected[0]);
		};
		const proposal = await until("proposal", async () => {
			const found = await chosen();
			return found?.state === "proposed" && found;
		});
		screenshot("drawing-proposal");
		const place = await page.execute(({ x1, y1, x2, y2 }) => {
			const point = window.__bauta.viewport.screenFromImage((x1 + x2) / 2, (y1 + y2) / 2);
			const { left, top } = document.querySelector("canvas").getBoundingClientRect();
			return { x: point.x - left, y: point.y - top };
		}, proposal.bbox);
		const state = async () => (await boxes()).find(({ id }) => id === proposal.id)?.state;
		await rightClick(app, "Bauta", "canvas", place);
		screenshot("drawing-proposal-menu");
		await clickMenuItem(app, "Accept proposal");
		await until("accepted box", async () => (await state()) === "accepted");
		await saved();
		await pressKeys("Bauta", "ctrl+z");
		await until("proposal again", async () => (await state()) === "proposed");
	});

	step("a training that is cancelled keeps its best epoch", async () => {
		await dispatch("view.train");
		await (await page.$("input[value=tiny]")).click();
		const start = await page.$("button=Start training");
		await start.waitForClickable();
		await start.click();
		await until("second epoch", async () => ((await look("training"))?.course?.epochs?.length ?? 0) >= 2, 120_000);
		await (await page.$("button=Cancel")).click();
		await until("model", async () => (await look("model")) !== null, 60_000);
		screenshot("drawing-trained");
		await dispatch("view.label");
	});

	step("what was saved is there after the program was killed", async () => {
		const before = await boxes();
		await app.kill();
		app = await startApp({ args: ["--sample"], home });
		page = app.browser;
		await until("sample again", async () => (await look("picture"))?.kind === "ready");
		assert.deepEqual(await boxes(), before);
		assert.notEqual((await look("history")).undo, null);
	});
});

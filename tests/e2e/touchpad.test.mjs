// Two fingers on a touchpad in the real window. A virtual display has none, so a small library in the program
// (touchpad.c) hands GTK the events that one sends.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { drawPictures } from "./drawn-pictures.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

describe("a touchpad", () => {
	const step = steps();
	let folder, app;
	/** Where a point of the picture is in the window, and how large a hundred of its pixels are there. */
	const view = () =>
		app.browser.execute(() => {
			const { screenFromImage } = window.__bauta.viewport;
			const from = screenFromImage.call(window.__bauta.viewport, 0, 0);
			const to = screenFromImage.call(window.__bauta.viewport, 100, 0);
			return { x: from.x, y: from.y, size: to.x - from.x };
		});
	const fingers = (signal) => execFileSync("kill", ["-s", signal, String(app.pid)]);

	before(async () => {
		folder = mkdtempSync(path.join(tmpdir(), "bauta-touchpad-"));
		drawPictures(folder, 1);
		const library = path.join(folder, "touchpad.so");
		const gtk = execFileSync("pkg-config", ["--cflags", "--libs", "gtk+-3.0"], { encoding: "utf8" });
		const source = path.join(import.meta.dirname, "touchpad.c");
		execFileSync("cc", ["-shared", "-fPIC", "-o", library, source, ...gtk.trim().split(/\s+/)]);
		app = await startApp({ args: [folder], env: { LD_PRELOAD: library } });
		await until("picture", async () => (await app.look("picture"))?.kind === "ready");
	});
	after(async () => {
		await app?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	step("a pinch zooms the picture by what the fingers move apart, and not the page", async () => {
		const before = await view();
		fingers("RTMIN+7");
		await until("twice the size", async () => Math.abs((await view()).size / before.size - 2) < 0.01);
		const page = await app.browser.execute(() => [window.visualViewport.scale, window.devicePixelRatio]);
		assert.deepEqual(page, [1, 1]);
	});

	step("two fingers that move push the picture and do not zoom it", async () => {
		const before = await view();
		fingers("RTMIN+8");
		await until("another place", async () => {
			const now = await view();
			return now.x < before.x - 50 && now.y < before.y - 50;
		});
		assert.equal((await view()).size, before.size);
	});
});

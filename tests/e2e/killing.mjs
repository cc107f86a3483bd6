// Kills the program at random moments while boxes are drawn and labelled by the real mouse and keyboard, and looks
// afterwards whether every edit that the window had called saved is in the project.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startApp } from "./app.mjs";
import { drawPictures } from "./drawn-pictures.mjs";
import { pictureOf } from "./picture.mjs";
import { until } from "./until.mjs";

const [ACROSS, DOWN] = [6, 4];
const PICTURE = { width: 600, height: 400 };
/** Looks at the window before the kill, at most: about as many as a round of drawing takes. */
const LOOKS = 60;

/** Kills the program `kills` times; returns how many boxes were there in the end. `seed`: a whole number. */
export async function killWhileDrawing(kills, seed) {
	const folder = mkdtempSync(path.join(tmpdir(), "bauta-kill-"));
	const random = randomNumbers(seed);
	const promised = new Map();
	let app;
	try {
		drawPictures(path.join(folder, "photos"), kills + 1, PICTURE);
		app = await open(path.join(folder, "photos"));
		await addCategories(app, ["first", "second"]);
		const project = (await app.look("project")).path;
		for (let kill = 0; kill < kills; kill++) {
			// One category a round: a key that comes when a drag has made no box changes nothing then.
			const key = kill % 2 === 0 ? "1" : "2";
			await drawUntilKilled(app, key, { looks: 1 + Math.floor(random() * LOOKS), millis: random() * 5 }, promised);
			app = await open(project);
			await checkPromises(app, promised, `after kill ${kill + 1} of ${kills} (seed ${seed})`);
		}
		return promised.size;
	} finally {
		await app?.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Opens the photos or the project, at a picture without boxes. */
async function open(target) {
	const app = await startApp({ args: [target] });
	const painted = () => app.browser.execute(() => window.__bauta.viewport.painted);
	await until("picture", painted, 60_000);
	if ((await app.look("snapshot")).annotations.length === 0) return app;
	await app.dispatch("view.nextUnlabelled");
	await until("picture without boxes", async () => {
		const { image, annotations } = await app.look("snapshot");
		return annotations.length === 0 && image !== null && image.id === (await painted());
	});
	return app;
}

async function addCategories(app, names) {
	for (const name of names) {
		await app.dispatch("categories.add");
		const field = await app.browser.$("dialog input");
		await field.waitForDisplayed();
		await field.setValue(name);
		await app.browser.keys("Enter");
		await until(`category ${name}`, async () => (await app.look("categories")).some((each) => each.name === name));
		await app.dialogClosed();
	}
}

/** Draws and labels by `key`; after so many looks at what the window calls saved, and so many milliseconds, kills it. */
async function drawUntilKilled(app, key, { looks, millis }, promised) {
	const mouse = await pictureOf(app).mouse();
	const cell = { width: PICTURE.width / ACROSS, height: PICTURE.height / DOWN };
	const deeds = Array.from({ length: ACROSS * DOWN }, (_, n) => {
		const [x, y] = [(n % ACROSS) * cell.width, Math.floor(n / ACROSS) * cell.height];
		const [from, to] = [
			[x + 8, y + 8],
			[x + cell.width - 8, y + cell.height - 8],
		];
		return [{ drag: [from, to] }, { key }, { key: "Escape" }];
	});
	const drawing = await mouse.perform(deeds.flat());
	try {
		for (let look = 0; look < looks || promised.size === 0; look++) {
			const seen = await app.browser.execute(() => {
				const { image, annotations } = window.__bauta.store.snapshot;
				const saved = document.querySelector("[data-save]").dataset.save === "saved";
				return saved && annotations.map(({ id, bbox, category }) => ({ id, bbox, category, image: image.id }));
			});
			for (const box of seen || []) promised.set(box.id, box);
		}
		const moment = performance.now() + millis;
		while (performance.now() < moment);
		await app.kill();
	} finally {
		await drawing.stop();
	}
}

async function checkPromises(app, promised, when) {
	for (const image of new Set([...promised.values()].map((box) => box.image))) {
		const { annotations } = await app.invoke("look_at_image", { id: image });
		const found = new Map(annotations.map((annotation) => [annotation.id, annotation]));
		for (const box of [...promised.values()].filter((each) => each.image === image)) {
			const there = found.get(box.id);
			assert.ok(there, `${when}: a box that was called saved is gone: ${JSON.stringify(box)}`);
			assert.deepEqual(there.bbox, box.bbox, when);
			// It may have got its category between the last look and the kill.
			if (box.category !== null) assert.equal(there.category, box.category, when);
		}
	}
}

/** Numbers from 0 to 1: SplitMix32, so that a failure can be repeated by its seed. */
function randomNumbers(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x9e3779b9) >>> 0;
		let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
		bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
		return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
	};
}

// `npm run bench -- canvas`: how soon the window answers, in the real window with real mouse and keys.
// - dragging, drawing, zooming and panning at 500 boxes on a picture of 50 megapixels: from the event, and from when the
//   page is told of it, to the painted frame, and from frame to frame;
// - the next photo of 12 megapixels: from the key to the painted picture, after a look at the one before (warm), and
//   one that was never near (cold).

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startApp } from "./app.mjs";
import { pressKeys } from "./desktop.mjs";
import { pictureOf } from "./picture.mjs";
import { until } from "./until.mjs";

const TITLE = "Bauta";
const [ACROSS, DOWN] = [25, 20];
/** What a person takes to look at a picture before going on. */
const LOOK_MILLIS = 1500;

const folder = mkdtempSync(path.join(tmpdir(), "bauta-bench-"));
let app;
try {
	console.log("  making pictures");
	makePhoto(path.join(folder, "large/large.jpg"), 8660, 5774, 1);
	for (let n = 1; n <= 12; n++) makePhoto(path.join(folder, `photos/photo_${n}.jpg`), 4032, 3024, n);
	await largePicture();
	await nextPhoto();
} finally {
	await app?.stop();
	rmSync(folder, { recursive: true, force: true });
}

/** Noise over a cloudy ground: about as many bytes as a camera makes of that many pixels. */
function makePhoto(file, width, height, seed) {
	execFileSync("mkdir", ["-p", path.dirname(file)]);
	const size = `${Math.round(width / 8)}x${Math.round(height / 8)}`;
	const drawing = ["-seed", seed, "-size", size, "plasma:fractal", "-resize", `${width}x${height}!`];
	const noise = ["-attenuate", "0.15", "+noise", "Gaussian", "-quality", "90", file];
	// The locale of the tests need not be there for other programs.
	execFileSync("convert", [...drawing, ...noise].map(String), { env: { ...process.env, LC_ALL: "C", LANG: "C" } });
}

async function start(args) {
	app = await startApp({ args });
	await app.browser.maximizeWindow();
	await until("picture", () => app.browser.execute(() => window.__bauta.viewport.painted !== null), 30_000);
	return pictureOf(app);
}

async function largePicture() {
	const picture = await start([path.join(folder, "large")]);
	const { image } = await app.look("snapshot");
	const cell = { width: image.size.width / ACROSS, height: image.size.height / DOWN };
	const changes = Array.from({ length: ACROSS * DOWN }, (_, index) => {
		const [x, y] = [(index % ACROSS) * cell.width, Math.floor(index / ACROSS) * cell.height];
		const bbox = { x1: x + 20, y1: y + 20, x2: x + cell.width - 80, y2: y + cell.height - 80 };
		return { kind: "add", id: crypto.randomUUID(), bbox, category: null };
	});
	await app.invoke("save_annotations", { id: image.id, revision: image.revision, changes });
	await app.browser.refresh();
	const loaded = () => app.browser.execute(() => window.__bauta?.store.snapshot.annotations.length);
	await until("500 boxes", async () => (await loaded()) === ACROSS * DOWN);
	await until("picture", () => app.browser.execute(() => window.__bauta.viewport.painted !== null), 30_000);
	const [a, b] = [200, 200];
	await measure("drag one of 500 boxes", picture, "s", (mouse) => drag(mouse, [a, b], [a + 60, b + 40]));
	await app.dispatch("edit.undo");
	await measure("draw beside 500 boxes", picture, "d", (mouse) => drag(mouse, [a - 190, b - 190], [a - 150, b - 150]));
	await app.dispatch("edit.selectAll");
	await measure("drag all 500 boxes", picture, "s", (mouse) => drag(mouse, [a, b], [a + 60, b + 40]));
	const zoomed = performance.now();
	await app.dispatch("view.actual");
	const sharp = () => app.browser.execute(() => window.__bauta.viewport.pixelsAcross);
	await until("full picture", async () => (await sharp()) === image.size.width, 30_000);
	console.log(`  from 100 % to all 50 megapixels: ${Math.round(performance.now() - zoomed)} ms`);
	await app.dispatch("view.fit");
	await measure("zoom", picture, "s", async (mouse) => {
		await mouse.moveTo(4000, 3000);
		mouse.click(4, 25);
		mouse.click(5, 15);
	});
	await measure("pan, zoomed in", picture, "s", (mouse) => drag(mouse, [4000, 3000], [4300, 3200], 2));
	await app.stop();
}

/** Real mouse moves, one every 8 ms, as many as a frame rate of 60 can show twice. */
async function drag(mouse, from, to, button = 1) {
	await mouse.moveTo(...from);
	mouse.press(button);
	const steps = Array.from({ length: 120 }, (_, n) => (n + 1) / 120);
	await mouse.sweep(steps.map((share) => from.map((start, axis) => start + (to[axis] - start) * share)));
	mouse.release(button);
}

async function measure(name, picture, tool, gesture) {
	await pressKeys(TITLE, tool);
	const mouse = await picture.mouse();
	await app.browser.execute(() => {
		const seen = { latencies: [], answers: [], frames: [], stop: false };
		window.__bench = seen;
		// Registered after the window's own listeners, its frames come after theirs.
		for (const kind of ["pointermove", "wheel"]) {
			document.querySelector("canvas").addEventListener(kind, (event) => {
				const heard = performance.now();
				requestAnimationFrame(() => {
					seen.latencies.push(performance.now() - event.timeStamp);
					seen.answers.push(performance.now() - heard);
				});
			});
		}
		let before = performance.now();
		const frame = (now) => {
			seen.frames.push(now - before);
			before = now;
			if (!seen.stop) requestAnimationFrame(frame);
		};
		requestAnimationFrame(frame);
	});
	await gesture(mouse);
	const { latencies, answers, frames } = await app.browser.execute(() => {
		window.__bench.stop = true;
		return window.__bench;
	});
	// The web view's own part is in the first: it tells the page of a mouse once a frame.
	report(name, { "event to frame": latencies, "told to frame": answers, "frame to frame": frames });
}

async function nextPhoto() {
	await start([path.join(folder, "photos")]);
	const warm = [];
	for (let n = 0; n < 9; n++) {
		await pause(LOOK_MILLIS);
		warm.push(await timed("keydown", () => pressKeys(TITLE, "Next")));
	}
	report("next photo of 12 MP, warm", { "key to picture": warm });
	await app.stop();
	await start([path.join(folder, "photos")]);
	const rows = await app.look("rows");
	const cold = [];
	for (const place of [5, 9, 2, 11, 7]) {
		await pause(LOOK_MILLIS);
		cold.push(await timed("click", async () => (await app.browser.$(`[data-image="${rows[place].id}"]`)).click()));
	}
	report("a photo of 12 MP, cold", { "click to picture": cold });
}

/** From the event that `action` causes to the frame in which another picture is painted, in milliseconds. */
async function timed(kind, action) {
	await app.browser.execute((event) => {
		const before = window.__bauta.viewport.painted;
		window.__millis = null;
		const begin = ({ timeStamp }) => {
			const look = () => {
				const { painted } = window.__bauta.viewport;
				if (painted !== null && painted !== before) window.__millis = performance.now() - timeStamp;
				else requestAnimationFrame(look);
			};
			requestAnimationFrame(look);
		};
		window.addEventListener(event, begin, { capture: true, once: true });
	}, kind);
	await action();
	return until("another picture", () => app.browser.execute(() => window.__millis));
}

function report(name, series) {
	const figure = (values, share) => {
		const sorted = [...values].sort((a, b) => a - b);
		return `${sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(1)} ms`;
	};
	for (const [what, values] of Object.entries(series)) {
		const [median, p95, worst] = [0.5, 0.95, 1].map((share) => figure(values, share));
		console.log(`  ${name}: ${what}: median ${median}, p95 ${p95}, worst ${worst} (${values.length})`);
	}
}

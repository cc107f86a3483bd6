// What the program is started with: a photo, a folder, a project, nonsense; and a folder of odd names and broken
// pictures, each shown upright or with the reason why not.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { startApp } from "./app.mjs";
import { clickMenu, screenshot } from "./desktop.mjs";
import { realData } from "./photos.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

const PYTHON = process.env.BAUTA_PYTHON ?? "python3";
const script = realData("F_stress/make_F_stress.py");
const canMake = script !== null && hasPillow();

function hasPillow() {
	try {
		execFileSync(PYTHON, ["-c", "import PIL, numpy"], { stdio: "ignore" });
		return true;
	} catch {
		console.log(`skipped: ${PYTHON} has no Pillow or NumPy (BAUTA_PYTHON and PYTHONPATH may name some that have)`);
		return false;
	}
}

describe("pictures that are hard to show", { skip: !canMake }, () => {
	const step = steps();
	let folder, stress, app, page;
	const look = (what) => app.look(what);
	const row = (file) => look("rows").then((rows) => rows.find((each) => path.join(each.folder, each.name) === file));
	/** Opens an image by its line in the strip and waits until it is shown or the reason is. */
	const open = async (file) => {
		const { id } = await row(file);
		const search = await page.$(".strip input[type=search]");
		await search.setValue(path.basename(file));
		await (await page.$(`[data-image="${id}"]`)).click();
		await until(`outcome of ${file}`, () =>
			page.execute((wanted) => {
				const { picture } = window.__bauta.store;
				return picture.id === wanted && (picture.kind === "failed" || window.__bauta.viewport.painted === wanted);
			}, id),
		);
		return look("picture");
	};

	before(() => {
		folder = mkdtempSync(path.join(tmpdir(), "bauta-open-"));
		stress = path.join(folder, "stress");
		execFileSync(PYTHON, [script, stress, "-n", "16", "--mp", "0.3,2", "--bomb"], { stdio: "ignore" });
	});
	after(async () => {
		await app?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	step("the folder is opened from the command line with everything that has a picture's name", async () => {
		app = await startApp({ args: [stress] });
		page = app.browser;
		await until("images", async () => (await look("rows")).length > 80);
		await until("first picture, or why not", async () => ["ready", "failed"].includes((await look("picture")).kind));
		const names = (await look("rows")).map(({ name }) => name);
		assert.ok(!names.some((name) => name.startsWith(".h") || name.endsWith(".txt")));
		assert.equal(names.filter((name) => name === "photo.jpg").length, 3);
	});

	step("each picture is shown in its upright size, or its place says why not", async () => {
		const wrong = [];
		for (const { file, expect, width, height } of expectations(stress)) {
			if (!(await row(file))) continue;
			const { kind } = await open(file);
			const { problem } = await row(file);
			const size = kind === "ready" ? (await look("snapshot")).image.size : null;
			const shown = `${kind} ${size?.width}×${size?.height} ${problem}`;
			if (expect === "ok" && (kind !== "ready" || size.width !== width || size.height !== height))
				wrong.push(`${file}: ${shown}`);
			if (expect === "reject" && (kind !== "failed" || !problem)) wrong.push(`${file}: ${shown}`);
		}
		assert.deepEqual(wrong, []);
	});

	step("the unreadable ones are a filter, each with its reason in the list", async () => {
		await (await page.$(".strip input[type=search]")).setValue(" ");
		await (await page.$('.strip select[aria-label="Which images are shown"]')).selectByAttribute("value", "unreadable");
		const broken = (await look("rows")).filter(({ problem }) => problem !== null).map(({ name }) => name);
		await until("filtered images", async () => (await look("shown")).length === broken.length);
		assert.ok(broken.includes("bomb_30000x30000.png") && broken.includes("text_renamed.jpg"), broken.join(" "));
		const texts = await page.execute(() =>
			[...document.querySelectorAll(".strip .row .secondary")].map((e) => e.textContent),
		);
		assert.ok(texts.length > 3 && texts.every((text) => text.length > 15 && /^[A-Z]/.test(text)), texts.join("\n"));
		screenshot("opening-unreadable");
	});

	step("a photo that lies on its side is shown upright", async () => {
		const [photo] = expectations(stress).filter(({ orientation }) => orientation === 6);
		await (await page.$('.strip select[aria-label="Which images are shown"]')).selectByAttribute("value", "all");
		await open(photo.file);
		screenshot("opening-upright");
		// The sample pictures have a red arrow at the left that points up: its head is wider than its shaft.
		const red = await page.executeAsync(
			(id, done) => {
				const picture = async () => {
					const bitmap = await createImageBitmap(await (await fetch(`img://localhost/${id}?max=512`)).blob());
					const { width, height } = bitmap;
					const context = new OffscreenCanvas(width, height).getContext("2d");
					context.drawImage(bitmap, 0, 0);
					const least = Math.min(width, height);
					const row = (y) => {
						const pixels = context.getImageData(0, Math.round(y), Math.round(width * 0.2), 1).data;
						let count = 0;
						for (let at = 0; at < pixels.length; at += 4) if (pixels[at] > 190 && pixels[at + 1] < 80) count += 1;
						return count;
					};
					return {
						head: row(height / 2 - least * 0.09),
						shaft: row(height / 2 + least * 0.05),
						below: row(height / 2 + least * 0.3),
					};
				};
				picture().then(done, (error) => done(String(error)));
			},
			(await look("picture")).id,
		);
		assert.ok(red.head > red.shaft && red.shaft > 0 && red.below === 0, JSON.stringify(red));
	});
});

describe("what the program is started with", { skip: !canMake }, () => {
	let folder, photos;
	const names = ["img1.jpg", "img2.jpg", "img10.jpg"];
	const started = async (argument, work) => {
		const app = await startApp({ args: [argument] });
		try {
			await work(app);
		} finally {
			await app.stop();
		}
	};
	const ready = (app) => until("picture", async () => (await app.look("picture"))?.kind === "ready");
	const current = async (app) => {
		const { id } = await app.look("picture");
		return (await app.look("rows")).find((row) => row.id === id);
	};

	before(() => {
		folder = mkdtempSync(path.join(tmpdir(), "bauta-start-"));
		photos = path.join(folder, "my photos");
		mkdirSync(photos);
		const made = path.join(folder, "made");
		execFileSync(PYTHON, [script, made, "-n", "3", "--mp", "0.3"], { stdio: "ignore" });
		for (const [index, name] of names.entries()) {
			copyFileSync(path.join(made, "photos", `IMG_0000${index}.jpg`), path.join(photos, name));
		}
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	test("a photo is shown among its neighbours", () =>
		started(path.join(photos, "img2.jpg"), async (app) => {
			await ready(app);
			assert.equal((await current(app)).name, "img2.jpg");
			await app.dispatch("file.next");
			await until("natural neighbour", async () => (await current(app)).name === "img10.jpg");
		}));

	test("a folder is shown with all of its photos, and its project lies beside them", () =>
		started(photos, async (app) => {
			await ready(app);
			assert.deepEqual(
				(await app.look("rows")).map(({ name }) => name),
				names,
			);
			assert.ok(readdirSync(photos).includes("my photos.bauta"));
		}));

	test("quitting leaves the project whole in its file, with nothing beside it", () =>
		started(photos, async (app) => {
			await ready(app);
			await clickMenu(app, "File", "Quit");
			await until("end of the program", () => !existsSync(`/proc/${app.pid}`));
			assert.deepEqual(
				readdirSync(photos).filter((name) => name.startsWith("my photos.bauta") && name !== "my photos.bauta-lock"),
				["my photos.bauta"],
			);
		}));

	test("a project is opened where it was left", () =>
		started(path.join(photos, "my photos.bauta"), async (app) => {
			await ready(app);
			assert.equal((await app.look("project")).name, "my photos");
			assert.equal((await app.look("rows")).length, 3);
		}));

	test("no video library is loaded before somebody wants a camera: every start would wait for it", () =>
		started(photos, (app) => {
			const loaded = readFileSync(`/proc/${app.pid}/maps`, "utf8");
			assert.match(loaded, /libopencv_objdetect/);
			assert.doesNotMatch(loaded, /libopencv_videoio/);
		}));

	test("the ONNX Runtime keeps no record of the start to send to its makers", () =>
		started(photos, (app) => {
			assert.match(readFileSync(`/proc/${app.pid}/maps`, "utf8"), /libonnxruntime/);
			const kept = readdirSync(path.join(app.home, ".cache"), { recursive: true });
			assert.deepEqual(
				kept.filter((name) => /onnxruntime|Microsoft/.test(name)),
				[],
			);
		}));

	test("WebKitGTK calls the system's libjpeg and not the one in the program", () =>
		started(photos, (app) => {
			const program = `/proc/${app.pid}/exe`;
			const lent = execFileSync("nm", ["--dynamic", "--defined-only", program], { encoding: "utf8" });
			assert.doesNotMatch(lent, /jpeg_/);
		}));

	test("what is not there is said, and the window offers the ways in", () =>
		started(path.join(folder, "gone.bauta"), async (app) => {
			await app.textMatching(".toast.error", /gone\.bauta/);
			await app.textMatching(".welcome", /Open folder/);
		}));
});

function expectations(folder) {
	const file = path.join(folder, "expect.csv");
	if (!existsSync(file)) return [];
	const lines = readFileSync(file, "utf8").trim().split(/\r?\n/).slice(1);
	return lines.map((line) => {
		const quoted = /^"((?:[^"]|"")*)",(.*)$/.exec(line);
		const [name, rest] = quoted
			? [quoted[1].replaceAll('""', '"'), quoted[2]]
			: [line.slice(0, line.indexOf(",")), line.slice(line.indexOf(",") + 1)];
		const [kind, expect, width, height, orientation] = rest.split(",");
		const facts = { kind, expect, width: Number(width), height: Number(height), orientation: Number(orientation) };
		return { file: path.join(folder, name), ...facts };
	});
}

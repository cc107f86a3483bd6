// The whole path in the real window on a handful of real photos: open a folder, detect, accept, label, draw, undo,
// crop and save, train, classify, save and load the model, watch a video.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { chooseInDialog, clickMenu, pressKeys, screenshot } from "./desktop.mjs";
import { copyPhotos, realData } from "./photos.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

const set = realData("P_three_persons_photos");
const video = realData("D_video");
const CATEGORIES = ["no_mask", "op_mask", "ffp2", "other_mask"];

describe("the whole path on real photos", { skip: set === null || video === null }, () => {
	const step = steps();
	let app, page, folder, labels;
	const look = (what) => app.look(what);
	const dispatch = (id) => app.dispatch(id);
	const rows = () => look("rows");
	const button = (name) => page.$(`button=${name}`);
	const photos = () => path.join(folder, "photos");
	const clickPicture = async (x, y) => {
		const point = await page.execute((px, py) => window.__bauta.viewport.screenFromImage(px, py), x, y);
		const place = { origin: "viewport", x: Math.round(point.x), y: Math.round(point.y) };
		await page.action("pointer").move(place).down().up().perform();
	};

	before(async () => {
		folder = mkdtempSync(path.join(tmpdir(), "bauta-path-"));
		labels = copyPhotos(set, photos(), 6);
		app = await startApp();
		page = app.browser;
	});
	after(async () => {
		await app?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	step("a folder is opened by the native dialog and its first photo shown", async () => {
		await dispatch("file.addFolder");
		await chooseInDialog(app, "Choose a folder of photos", photos());
		await until("first photo", async () => (await look("picture"))?.kind === "ready");
		const names = (await rows()).map((row) => row.name);
		assert.equal(names.length, labels.size);
		const natural = [...names].sort(new Intl.Collator("en", { numeric: true }).compare);
		assert.deepEqual(names, natural);
	});

	step("categories are added by the menu's command and a typed name", async () => {
		for (const name of CATEGORIES) {
			await dispatch("categories.add");
			const field = await page.$("dialog input");
			await field.waitForDisplayed();
			await field.setValue(name);
			await page.keys("Enter");
			await until(`category ${name}`, async () => (await look("categories")).some((c) => c.name === name));
		}
	});

	step("detecting all photos proposes a face on nearly every one", async () => {
		await dispatch("model.detectAll");
		const found = await until(
			"proposals",
			async () => (await look("jobs")).length === 0 && (await rows()).some((row) => row.proposals > 0) && rows(),
			120_000,
		);
		const withFace = found.filter((row) => row.proposals > 0).length;
		assert.ok(withFace >= labels.size * 0.9, `${withFace} of ${labels.size} photos have a proposal`);
		screenshot("path-proposals");
	});

	step("each proposal gets its category by a click and one key", async () => {
		const current = () => page.execute(() => window.__bauta.store.snapshot.image?.id);
		while ((await current()) !== (await rows())[0].id) {
			const before = await current();
			await dispatch("file.previous");
			await until("previous photo", async () => (await current()) !== before);
		}
		for (const [index, row] of (await rows()).entries()) {
			const { annotations } = await until(`photo ${row.name}`, async () => {
				const snapshot = await look("snapshot");
				return snapshot.image?.id === row.id && (await look("picture"))?.kind === "ready" && snapshot;
			});
			const [face] = annotations.filter((a) => a.state === "proposed");
			if (face) {
				const key = CATEGORIES.indexOf(labels.get(row.name)) + 1;
				await clickPicture((face.bbox.x1 + face.bbox.x2) / 2, (face.bbox.y1 + face.bbox.y2) / 2);
				await until("selection", async () => (await look("snapshot")).selected.includes(face.id));
				await page.keys(String(key));
				await until("saved category", async () => (await rows())[index].boxes === 1);
			}
			if (index + 1 < labels.size) await dispatch("file.next");
		}
		assert.ok((await rows()).every((row) => row.unlabelled === 0));
	});

	step("crops are saved under their categories", async () => {
		const crops = path.join(folder, "crops");
		mkdirSync(crops);
		await dispatch("file.crop");
		const choose = await button("Choose folder…");
		await choose.waitForClickable();
		await choose.click();
		await chooseInDialog(app, "Choose a folder for the crops", crops);
		const boxes = (await rows()).reduce((sum, row) => sum + row.boxes, 0);
		const files = () => CATEGORIES.flatMap((name) => readdirOrNone(path.join(crops, name)));
		// While the job runs, the crop that is being written still has its temporary name.
		await until(`${boxes} crops`, async () => (await look("jobs")).length === 0 && files().length === boxes);
		assert.ok(files().every((name) => /__\d+-\d+-\d+-\d+\.png$/.test(name)));
	});

	step("a training shows its curves and ends with a loaded model", async () => {
		await pressKeys("Bauta", "ctrl+t");
		await until("train view", async () => (await look("view")) === "train");
		await (await page.$("input[value=tiny]")).click();
		const start = await button("Start training");
		await start.waitForClickable();
		await start.click();
		const curves = () => page.execute(() => document.querySelectorAll("canvas").length);
		await until("some epochs", async () => (await curves()) >= 2, 60_000);
		screenshot("path-training");
		// The model is told before the end of the training.
		await until("model", async () => (await look("model")) !== null, 200_000);
		await until("its end", async () => (await look("training")).kind === "finished");
		screenshot("path-trained");
	});

	step("the current image is classified and the suggestion accepted", async () => {
		await dispatch("view.label");
		await until("photo", async () => (await look("picture"))?.kind === "ready");
		const labelled = async () => (await look("snapshot")).annotations.find((a) => a.state === "accepted");
		const { bbox, category } = await labelled();
		await clickPicture((bbox.x1 + bbox.x2) / 2, (bbox.y1 + bbox.y2) / 2);
		await page.keys("0");
		await until("box without category", async () => (await labelled()).category === null);
		await dispatch("model.classify");
		const { suggestion } = await until("suggestion", async () => {
			const box = await labelled();
			return box.suggestion !== null && box;
		});
		assert.ok(CATEGORIES.includes(suggestion.label) && suggestion.confidence > 0.25, JSON.stringify(suggestion));
		screenshot("path-suggestion");
		await page.keys("a");
		await until("accepted suggestion", async () => (await labelled()).category !== null);
		assert.notEqual(category, null);
	});

	step("the model is saved and loaded by the native dialogs", async () => {
		const file = path.join(folder, "saved.onnx");
		await dispatch("model.save");
		await chooseInDialog(app, "Save the model", file);
		await until("both files", () => ["saved.onnx", "saved.json"].every((name) => readdirSync(folder).includes(name)));
		await dispatch("model.load");
		await chooseInDialog(app, "Choose a model", file);
		await until("loaded model", async () => (await look("model"))?.path === file);
	});

	step("boxes without a category are classified everywhere, and one undo takes it back", async () => {
		const ids = [];
		for (let n = 0; n < 3; n++) {
			const id = await page.execute(() => window.__bauta.store.snapshot.image?.id);
			ids.push(id);
			await dispatch("edit.selectAll");
			await page.keys("0");
			await until("no category", async () => (await rows()).find((row) => row.id === id).unlabelled > 0);
			await dispatch("file.previous");
			await until("previous photo", async () => (await look("snapshot")).image?.id !== id);
		}
		// Some photos still have a face that nobody answered for.
		const open = async () => {
			const there = await rows();
			return ids.map((id) => there.find((row) => row.id === id).proposals);
		};
		const before = await open();
		await clickMenu(app, "Model", "Classify all unlabelled");
		await until("suggestions on all three", async () => (await open()).every((count, index) => count > before[index]));
		screenshot("path-classified-all");
		await dispatch("edit.undo");
		await until("none", async () => (await open()).every((count, index) => count === before[index]));
		for (let n = 0; n < 3; n++) await dispatch("edit.undo");
		await until("their categories", async () => (await rows()).every((row) => row.unlabelled === 0));
	});

	step("a video is watched live with boxes, labels and a frame rate", async () => {
		await dispatch("model.live");
		const back = await app.switchToNewWindow();
		const source = await page.$("select");
		await source.waitForExist();
		await source.selectByVisibleText("Video file");
		const choose = await button("Choose video…");
		await choose.waitForClickable();
		await choose.click();
		await chooseInDialog(app, "Choose a video", path.join(video, "cam_man_headpose_4labels.mp4"));
		const start = await button("Start");
		await start.waitForClickable();
		await start.click();
		await app.textMatching("#live-meter", /fps/, 60_000);
		screenshot("path-live");
		const faces = await until("labelled face", async () => {
			const text = await page.execute(() => document.querySelector("#live-faces")?.textContent ?? "");
			// What it learned from two dozen crops is not enough to be sure.
			return /(no_mask|op_mask|ffp2|other_mask)\?? \d/.test(text) && text;
		});
		screenshot("path-live");
		assert.match(faces, /\d\s?%/);
		await page.closeWindow();
		await back();
	});
});

function readdirOrNone(folder) {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

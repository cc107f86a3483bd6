// The review of proposals in the real window, with the real keyboard: all photos of the three persons, from "Open
// folder" to accepted boxes, and how many key presses that takes.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { chooseInDialog, clickMenu, pressKeys, screenshot } from "./desktop.mjs";
import { copyThreePersons, iou, realData } from "./photos.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

const set = realData("P_three_persons_photos");
/** What is surer than this is accepted without being looked at: where the review's slider stands at first. */
const SURE = 0.7;

describe("the review of the photos of three persons", { skip: set === null }, () => {
	const step = steps();
	let app, page, folder, truth;
	let keys = 0;
	const look = (what) => app.look(what);
	const rows = () => look("rows");
	const waiting = async () => (await rows()).reduce((sum, row) => sum + row.proposals, 0);
	const accepted = async () => (await rows()).reduce((sum, row) => sum + row.boxes, 0);
	const inToasts = async (text) => (await page.$(".toasts")).$(`button=${text}`);
	/** Presses a key and counts it. */
	const press = async (...combination) => {
		keys += 1;
		await page.keys(combination);
	};
	/** The next question, once its picture is on the screen. */
	const question = () =>
		until("question or end of the review", async () => {
			const review = await look("review");
			if (review.kind === "end") return review;
			const painted = await page.execute(() => window.__bauta.viewport.painted);
			return review.kind === "asking" && painted === review.item.image && review;
		});

	before(async () => {
		folder = mkdtempSync(path.join(tmpdir(), "bauta-review-"));
		truth = copyThreePersons(set, path.join(folder, "photos"));
		app = await startApp();
		page = app.browser;
	});
	after(async () => {
		await app?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	step("two keys open the folder and look for faces on all photos", async () => {
		await pressKeys("Bauta", "ctrl+shift+o");
		keys += 1;
		await chooseInDialog(app, "Choose a folder of photos", path.join(folder, "photos"));
		await until(
			"photos",
			async () => (await rows())?.length === truth.size && (await look("picture")).kind === "ready",
		);
		await pressKeys("Bauta", "ctrl+shift+d");
		keys += 1;
		await until(
			"end of the detection",
			async () => (await look("jobs")).length === 0 && (await waiting()) > 0,
			180_000,
		);
	});

	step("the message of the detection leads to the least sure proposal", async () => {
		await (await inToasts("Review")).click();
		keys += 1;
		const { item } = await question();
		const scores = await rows();
		assert.equal(1 - item.sureness, Math.max(...scores.map((row) => row.doubt ?? 0)));
		assert.deepEqual((await look("snapshot")).selected, [item.annotation]);
		screenshot("review-first");
	});

	step("all that is sure enough is accepted at once, and one undo takes it back", async () => {
		const before = await waiting();
		const button = await page.$("[data-command='review.acceptAbove']");
		const count = Number((await button.getText()).match(/\d+/)[0]);
		assert.ok(count > 0 && count <= before);
		await button.click();
		// Those that overlap a surer one too much stay proposals.
		await until("accepted boxes", async () => (await accepted()) >= 0.95 * count && (await accepted()) <= count);
		await question();
		await pressKeys("Bauta", "ctrl+z");
		await until("all proposals back", async () => (await waiting()) === before && (await accepted()) === 0);
		await question();
	});

	step("the doubtful ones get an answer each, the rest is accepted at once: less than one key a photo", async () => {
		const byId = new Map((await rows()).map((row) => [row.id, truth.get(row.name)]));
		const isFace = async ({ image, annotation }) => {
			const { annotations } = await look("snapshot");
			return iou(annotations.find(({ id }) => id === annotation).bbox, byId.get(image)) >= 0.5;
		};
		let asked = 0;
		for (;;) {
			const { kind, item, answers } = await question();
			if (kind === "end" || item.sureness >= SURE) break;
			await press((await isFace(item)) ? "a" : "x");
			await until("answer", async () => (await look("review")).answers > answers);
			asked += 1;
		}
		screenshot("review-sure");
		await (await page.$("[data-command='review.acceptAbove']")).click();
		keys += 1;
		const { kind } = await question();
		// What overlaps an accepted box stays: the most of it is a duplicate, and the lane says so.
		if (kind !== "end") {
			const left = await waiting();
			await app.textMatching(".lane", new RegExp(`(^|\\D)${left} proposals? left on`));
		}
		while ((await question()).kind !== "end") {
			const { answers } = await look("review");
			const before = await waiting();
			if (/Looks like a duplicate of/.test(await (await page.$(".lane")).getText())) {
				await app.textMatching(".lane", /Looks like a duplicate of an accepted box: \d+\s?% overlap/);
				screenshot("review-duplicate");
				await (await (await page.$(".lane")).$("button=Reject all duplicates")).click();
				keys += 1;
				await until("end of the duplicates", async () => (await waiting()) < before);
				console.log(`${before - (await waiting())} duplicates rejected at once`);
			} else {
				await press("x");
				await until("answer", async () => (await look("review")).answers > answers);
			}
		}
		await app.textMatching(".lane", /Every proposal has an answer/);
		screenshot("review-done");
		const boxes = [];
		for (const { id, name } of await rows()) {
			const { annotations } = await app.invoke("open_image", { id });
			boxes.push(...annotations.filter((a) => a.state === "accepted").map((a) => ({ name, bbox: a.bbox })));
		}
		assert.equal(await accepted(), boxes.length, "the list counts what is stored");
		const right = boxes.filter(({ name, bbox }) => iou(bbox, truth.get(name)) >= 0.5);
		const found = new Set(right.map(({ name }) => name)).size;
		console.log(
			`${truth.size} photos: ${keys} keys and clicks in all, ${asked} proposals asked about one by one; ` +
				`${boxes.length} accepted boxes, of which ${right.length} are the person's; ${found} persons have theirs`,
		);
		assert.ok(keys < truth.size, `${keys} keys for ${truth.size} photos`);
		assert.ok(found >= 0.98 * truth.size, `${found} of ${truth.size} faces`);
		// The others are faces of bystanders.
		assert.ok(right.length >= 0.85 * boxes.length, `${right.length} of ${boxes.length} boxes`);
	});

	step("a second detection looks at nothing, says so, and offers to look again", async () => {
		const before = await accepted();
		await clickMenu(app, "Model", "Detect faces", "Detect faces on all images");
		await app.textMatching(".toasts", new RegExp(`${truth.size} images were looked at with CenterFace before`));
		screenshot("review-again");
		await (await inToasts("Look again")).click();
		await until("detection", async () => (await look("jobs")).length > 0);
		await until("end of the detection", async () => (await look("jobs")).length === 0, 180_000);
		assert.equal(await accepted(), before, "accepted boxes stay as they were");
		// What was rejected is proposed again; what has a box is not.
		assert.ok((await waiting()) <= 0.2 * truth.size, `${await waiting()} proposals`);
	});
});

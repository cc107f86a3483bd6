// The live window on a video and on a network camera: labels, freezing, faces that become images of the project, and a
// camera that goes away and comes back. On drawn faces, with a model that was trained on drawn faces.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { activate, chooseInDialog, holdKey, pressKeys, screenshot, windowTitled } from "./desktop.mjs";
import { SCREEN, settled } from "./looks.mjs";
import { jpegsOf, serveCamera } from "./mjpeg.mjs";
import { steps } from "./steps.mjs";
import { makeCamera } from "./test-camera.mjs";
import { until } from "./until.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BAUTA = path.join(path.dirname(process.env.BAUTA_APP ?? path.join(ROOT, "target/debug/bauta-app")), "bauta");
/** Keys as WebDriver names them. */
const ENTER = "\uE007";
const ESCAPE = "\uE00C";
const WEBCAM = "Integrated Camera: Front";
const LABELLED = /\b(no_mask|op_mask|ffp2|other_mask)\b \d+\s?%/;

describe("the live window", () => {
	const step = steps();
	let app, page, folder, demo, camera, webcam, toMain, live;
	const look = (what) => app.look(what);
	const button = (name) => page.$(`button=${name}`);
	const press = async (name) => {
		const found = await button(name);
		await found.waitForClickable();
		await found.click();
	};
	const facesText = () => page.execute(() => document.querySelector("#live-faces")?.textContent ?? "");
	const picture = () => page.execute(() => document.querySelector("canvas").toDataURL());
	const inMain = async (work) => {
		await toMain();
		try {
			return await work();
		} finally {
			await page.switchToWindow(live);
		}
	};

	before(async () => {
		folder = mkdtempSync(path.join(tmpdir(), "bauta-live-"));
		demo = path.join(folder, "demo");
		execFileSync(BAUTA, ["demo", "--out", demo, "--pictures", "60"], { stdio: "ignore" });
		webcam = makeCamera(path.join(folder, "webcam"), WEBCAM);
		webcam.sees(jpegsOf(path.join(demo, "clip.avi")));
		app = await startApp({ args: ["--sample"], env: webcam.env });
		page = app.browser;
		await until("sample", async () => (await look("rows"))?.length > 0 && (await look("jobs")).length === 0, 120_000);
	});
	after(async () => {
		await camera?.stop();
		await app?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	step("a model of another program is described once, and then used as it was described", async () => {
		const model = path.join(folder, "theirs.onnx");
		writeFileSync(model, foreignCopy(readFileSync(modelIn(demo))));
		await app.dispatch("model.load");
		await chooseInDialog(app, "Choose a model", model);
		const labels = await page.$("dialog textarea");
		await labels.waitForDisplayed();
		const use = await button("Use model");
		assert.match(await labels.getValue(), /no_mask/, "the labels that the file tells");
		await labels.setValue(`bare${ENTER}surgical`);
		await app.textMatching("dialog", /2 labels of 4/);
		assert.equal(await use.isEnabled(), false);
		screenshot(`live-${SCREEN}-foreign`);
		await labels.setValue(["bare", "surgical", "ffp2", "other"].join(ENTER));
		await use.waitForClickable();
		await use.click();
		await until("model", async () => (await look("model"))?.labels?.join() === "bare,surgical,ffp2,other");
		const described = JSON.parse(readFileSync(path.join(folder, "theirs.json"), "utf8"));
		assert.deepEqual(described.labels, ["bare", "surgical", "ffp2", "other"]);
		await app.dispatch("model.load");
		await chooseInDialog(app, "Choose a model", model);
		await until("asked no more", async () => (await page.$$("dialog[open]")).length === 0);
	});

	step("a video is watched with boxes, labels and a meter", async () => {
		await app.dispatch("model.load");
		await chooseInDialog(app, "Choose a model", modelIn(demo));
		await until("model", async () => (await look("model"))?.labels?.includes("no_mask"));
		await app.dispatch("model.live");
		toMain = await app.switchToNewWindow();
		live = await page.getWindowHandle();
		const source = await page.$("#live-source");
		await source.waitForExist();
		await source.selectByVisibleText("Video file");
		await press("Choose video…");
		await chooseInDialog(app, "Choose a video", path.join(demo, "clip.avi"));
		await press("Start");
		await app.textMatching("#live-meter", /fps.*boxes after \d+ ms/s, 60_000);
		await until("labelled face", async () => LABELLED.test(await facesText()), 60_000);
		screenshot(`live-${SCREEN}-video`);
		await until("end of the video", async () => /video has ended/.test(await page.$("main").getText()), 60_000);
	});

	step("a camera is found by its name, unplugged, refused, taken by another program, and watched on", async () => {
		const waiting = (why) =>
			until("countdown with the reason", async () => {
				const said = await page.$("main").getText();
				return (await page.$("#live-countdown").isExisting()) && why.test(said);
			});
		webcam.plugIn(true);
		await (await page.$("button[aria-label='Look for cameras again']")).click();
		const source = await page.$("#live-source");
		await until("its name", async () => (await source.getText()).includes(WEBCAM));
		await source.selectByVisibleText(WEBCAM);
		await press("Start");
		await until("labelled face", async () => LABELLED.test(await facesText()), 60_000);
		webcam.plugIn(false);
		await waiting(/camera 0: .*unplugged|there is no camera/);
		screenshot(`live-${SCREEN}-unplugged`);
		webcam.refuse(true);
		webcam.plugIn(true);
		await waiting(/no permission for .*group "video"/s);
		webcam.takeAway(true);
		webcam.refuse(false);
		await waiting(/another program may be using it/);
		webcam.takeAway(false);
		// The faces of before stay to be seen while it is opened.
		await app.textMatching("#live-meter", /fps/, 60_000);
		await until("labelled face again", async () => LABELLED.test(await facesText()), 60_000);
		await press("Stop");
		await until("its light is off", () => !webcam.isOn());
		webcam.plugIn(false);
	});

	step("a network camera is watched, frozen and mirrored", async () => {
		camera = await serveCamera(jpegsOf(path.join(demo, "clip.avi")));
		await (await page.$("#live-source")).selectByVisibleText("Stream address");
		const address = await page.$("input.address");
		await address.setValue(camera.url);
		await press("Start");
		await until("labelled face", async () => LABELLED.test(await facesText()), 60_000);
		await page.keys(" ");
		await until("frozen picture", async () => /Frozen/.test(await page.$("main").getText()));
		const [before, later] = [await picture(), await picture()];
		assert.equal(before, later, "a frozen picture stands still");
		await page.keys("m");
		await until("mirrored picture", async () => (await picture()) !== before);
		await page.keys("m");
	});

	step("a key saves the face of the frozen picture into the project", async () => {
		const before = await inMain(() => look("rows"));
		const counted = () => page.execute(() => document.querySelector("#live-categories .count strong")?.textContent);
		await page.keys("1");
		await until("counted face", async () => (await counted()) === "+1");
		screenshot(`live-${SCREEN}-saved`);
		const rows = await inMain(() =>
			until("new image", async () => {
				const now = await look("rows");
				return now.length === before.length + 1 && now;
			}),
		);
		const added = rows.at(-1);
		assert.match(added.name, /^camera .* b001 f\d+\.jpg$/);
		assert.equal(added.boxes, 1);
		await page.keys(" ");
		await until("moving picture", async () => !/Frozen/.test(await page.$("main").getText()));
	});

	step("a held key saves a burst, and doubtful frames are collected", async () => {
		const before = (await inMain(() => look("rows"))).length;
		const added = () => inMain(async () => (await look("rows")).slice(before));
		const saved = () =>
			page.execute(() => document.querySelector("#live-categories li:nth-child(2) strong")?.textContent);
		await windowTitled("Bauta Live").then(activate);
		const release = holdKey("2");
		try {
			await until("three faces of one burst", async () => Number(await saved()) >= 3);
		} finally {
			release();
		}
		const burst = await until("their images", async () => {
			const rows = await added();
			return rows.length === Number(await saved()) && rows;
		});
		assert.ok(
			burst.every(({ name }) => / b002 f\d+\.jpg$/.test(name)),
			burst.map(({ name }) => name).join(),
		);
		assert.ok(burst.every(({ boxes, proposals }) => boxes === 1 && proposals === 0));
		const limit = await page.$("aside input[type=range]");
		await limit.click();
		await page.keys("End");
		const collect = await page.$("aside input[type=checkbox]");
		await collect.click();
		await app.textMatching("#live-collected", /[1-9]\d* frames? collected/, 30_000);
		await collect.click();
		const doubtful = await until("a collected image", async () =>
			(await added()).find(({ proposals }) => proposals > 0),
		);
		assert.ok(doubtful.doubt > 0, "it is shown by its doubt");
		await limit.click();
		await page.keys("Home");
	});

	step("a snapshot is a file, the picture fills the screen, and there is one live window", async () => {
		const windows = (await page.getWindowHandles()).length;
		await (await page.$("canvas")).click();
		await page.keys("s");
		const said = await app.textMatching("main", /Saved as \S.*\.(png|jpg)/);
		const file = /Saved as (.*\.(?:png|jpg))/.exec(said)[1];
		assert.ok(statSync(file).size > 10_000, file);
		await page.keys("f");
		await until("full screen", async () => !(await page.$("#live-source").isExisting()));
		await until("all of the screen", () =>
			page.execute((width) => window.innerWidth === width, Number(SCREEN.split("x")[0])),
		);
		screenshot(`live-${SCREEN}-full`);
		await page.keys(ESCAPE);
		await until("window again", async () => await page.$("#live-source").isExisting());
		await inMain(() => app.dispatch("model.live"));
		assert.equal((await page.getWindowHandles()).length, windows);
		await until("still watched", async () => LABELLED.test(await facesText()));
	});

	step("a camera that goes away is waited for and comes back", async () => {
		const { port } = camera;
		await camera.stop();
		const countdown = await app.textMatching("#live-countdown", /Trying again/, 60_000);
		assert.match(countdown, /\d+ second|Trying again…/);
		assert.match(await page.$("main").getText(), /connection broke|no pictures came/);
		screenshot(`live-${SCREEN}-waiting`);
		camera = await serveCamera(jpegsOf(path.join(demo, "clip.avi")), port);
		await until(
			"picture again",
			async () => !(await page.$("#live-countdown").isExisting()) && camera.watched() > 0,
			60_000,
		);
		await until("labelled face again", async () => LABELLED.test(await facesText()), 60_000);
	});

	step("what was chosen is remembered, and closing the window in the middle frees the camera", async () => {
		// As somebody closes it: WebDriver would take the page away and leave the window.
		await pressKeys("Bauta Live", "alt+F4");
		await toMain();
		await until("free camera", () => camera.watched() === 0, 30_000);
		await app.dispatch("model.live");
		toMain = await app.switchToNewWindow();
		live = await page.getWindowHandle();
		await until("remembered source", () => page.execute(() => document.querySelector("#live-source")?.value === "url"));
		assert.equal(await (await page.$("input.address")).getValue(), camera.url);
		await press("Start");
		await until("picture", async () => LABELLED.test(await facesText()), 60_000);
		await press("Stop");
		await until("free camera", () => camera.watched() === 0, 30_000);
	});

	step("the window in the light theme", async () => {
		await inMain(() => app.dispatch("view.theme.light"));
		await until("light theme", () => page.execute(() => document.documentElement.dataset.theme === "light"));
		await press("Start");
		await until("labelled face", async () => LABELLED.test(await facesText()), 60_000);
		await settled(app);
		screenshot(`live-${SCREEN}-light`);
		await pressKeys("Bauta Live", "alt+F4");
		await toMain();
	});
});

/** The bytes of a model of ours as if another program had made it: without the description inside. */
function foreignCopy(bytes) {
	const at = bytes.indexOf("bauta.manifest");
	assert.ok(at > 0, "our models carry their description");
	bytes.write("other", at);
	return bytes;
}

function modelIn(demo) {
	const found = readdirSync(demo, { recursive: true }).find((name) => name.endsWith(".onnx"));
	assert.ok(found && existsSync(path.join(demo, found)), "the demo has trained a model");
	return path.join(demo, found);
}

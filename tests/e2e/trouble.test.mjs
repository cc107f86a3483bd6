// Trouble under a project, in the real window: a full disk, a disk that takes nothing any more, a folder that is moved
// away. Nothing that was called saved is lost, and what could not be saved is not called so.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { startApp } from "./app.mjs";
import { chooseInDialog, clickMenu, pressKeys, screenshot } from "./desktop.mjs";
import { drawPictures } from "./drawn-pictures.mjs";
import { pictureOf } from "./picture.mjs";
import { steps } from "./steps.mjs";
import { until } from "./until.mjs";

const PICTURE = { width: 320, height: 240 };

/** A disk of so many MiB in memory, mounted at `folder`; null where the system does not let us. */
function smallDisk(folder, mebibytes) {
	mkdirSync(folder, { recursive: true });
	const command = (program, ...args) => execFileSync(program, [...args, folder], { stdio: "ignore" });
	try {
		command("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs");
	} catch {
		console.log("skipped: mounting a small disk needs root");
		return null;
	}
	return {
		/** Once nobody has a file on it open. */
		readOnly: () =>
			until("disk that nobody writes to", () => {
				try {
					command("mount", "-o", "remount,ro");
					return true;
				} catch {
					return false;
				}
			}),
		fill: () => {
			const { bavail, bsize } = statfsSync(folder);
			writeFileSync(path.join(folder, "filler"), Buffer.alloc(bavail * bsize));
		},
		clear: () => rmSync(path.join(folder, "filler")),
		remove: () => command("umount", "--lazy"),
	};
}

/** Waits until the element's text matches, cut or not. */
const says = (app, selector, pattern) =>
	until(`${pattern} in ${selector}`, async () =>
		pattern.test(await app.browser.execute((wanted) => document.querySelector(wanted)?.textContent ?? "", selector)),
	);

const home = mkdtempSync(path.join(tmpdir(), "bauta-trouble-"));
const disk = smallDisk(path.join(home, "disk"), 4);

describe("a disk in trouble", { skip: disk === null }, () => {
	const step = steps();
	let app, page, picture;
	const notSaved = (reason) => says(app, ".status .failed", reason);
	const stored = async () => (await app.invoke("look_at_image", { id: (await app.look("picture")).id })).annotations;

	before(async () => {
		drawPictures(path.join(home, "disk/photos"), 2, PICTURE);
		app = await startApp({ args: [path.join(home, "disk/photos")] });
		page = app.browser;
		picture = pictureOf(app);
		await until("picture", () => page.execute(() => window.__bauta.viewport.painted !== null));
	});
	after(async () => {
		await app?.stop();
		disk.remove();
		rmSync(home, { recursive: true, force: true });
	});

	step("on a full disk the window says that it has not saved, and saves when there is space", async () => {
		await picture.drag(10, 10, 60, 60);
		await picture.saved();
		// The popup of a box may lie where the next one is drawn.
		await page.keys("Escape");
		disk.fill();
		await picture.drag(100, 10, 160, 60);
		await notSaved(/Not saved: there is no space left/i);
		screenshot("trouble-full");
		assert.equal((await picture.boxes()).length, 2);
		assert.equal((await stored()).length, 1);
	});

	step("quitting asks before that is lost, and a retry saves when there is space", async () => {
		await pressKeys("Bauta", "Escape", "ctrl+q");
		await says(app, "dialog", /could not be saved and would be lost.*no space left/i);
		const stay = await page.$("button=Stay");
		await until("focus on the harmless choice", () =>
			page.execute(() => document.activeElement.textContent === "Stay"),
		);
		screenshot("trouble-quit");
		await stay.click();
		disk.clear();
		await (await page.$("button=Retry")).click();
		await picture.saved();
		assert.equal((await stored()).length, 2);
	});

	step("a project on a disk that takes nothing is offered for looking, with all that was saved", async () => {
		const { path: project } = await app.look("project");
		await app.stop();
		await disk.readOnly();
		app = await startApp({ args: [project] });
		page = app.browser;
		await says(app, "dialog", /read-only/i);
		screenshot("trouble-read-only");
		const open = await page.$("button=Open read-only");
		await open.waitForClickable();
		await open.click();
		await until("boxes", async () => (await app.look("snapshot")).annotations.length === 2);
		assert.equal((await app.look("project")).readOnly, true);
	});
});

describe("photos and project are moved away while they are open", () => {
	const step = steps();
	let home, app, page, picture;
	const at = (name) => path.join(home, name);

	before(async () => {
		home = mkdtempSync(path.join(tmpdir(), "bauta-moved-"));
		drawPictures(at("photos"), 3, PICTURE);
		app = await startApp({ args: [at("photos")] });
		page = app.browser;
		picture = pictureOf(app);
		await until("picture", () => page.execute(() => window.__bauta.viewport.painted !== null));
		await picture.drag(10, 10, 60, 60);
		await picture.saved();
	});
	after(async () => {
		await app?.stop();
		rmSync(home, { recursive: true, force: true });
	});

	step("an edit is not called saved, and lands in the copy that the project is saved as", async () => {
		await page.keys("Escape");
		renameSync(at("photos"), at("moved"));
		await picture.drag(100, 10, 160, 60);
		await says(app, ".status .failed", /Not saved: .*no longer there/);
		screenshot("trouble-gone");
		await clickMenu(app, "File", "Save as…");
		await chooseInDialog(app, "Save the project as", at("copy.bauta"));
		await picture.saved();
		assert.equal((await app.look("project")).path, at("copy.bauta"));
		const { id } = await app.look("picture");
		await until("stored boxes", async () => (await app.look("rows")).find((row) => row.id === id).boxes === 2);
	});

	step("a picture that is not there says so, and the pictures are found in their new folder", async () => {
		await app.dispatch("file.next");
		await says(app, ".notice", /cannot be shown/);
		screenshot("trouble-missing");
		await app.dispatch("file.locate");
		await chooseInDialog(app, "Where are the pictures now?", at("moved"));
		await says(app, "dialog", /3 of 3 missing pictures/);
		screenshot("trouble-locate");
		await (await page.$("button*=Relink 3")).click();
		await until("picture", async () => (await app.look("picture")).kind === "ready");
		const folders = new Set((await app.look("rows")).map((row) => row.folder));
		assert.deepEqual([...folders], [at("moved")]);
		await app.dispatch("edit.undo");
		await until("old places", async () => (await app.look("rows")).every((row) => row.folder === at("photos")));
		await app.dispatch("edit.redo");
		await until("new places", async () => (await app.look("rows")).every((row) => row.folder === at("moved")));
		assert.ok(existsSync(at("moved/img_1.bmp")));
	});
});

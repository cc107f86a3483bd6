// What a person does outside the page, with the real keyboard and mouse of the display: keys, native menus, file
// dialogs. And pictures of the whole screen.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { until } from "./until.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");
const SHOTS = path.join(ROOT, "target/e2e-shots");
// The one that the distribution's accessibility bindings are made for.
const SYSTEM_PYTHON = "/usr/bin/python3";

function xdotool(...args) {
	return execFileSync("xdotool", args.map(String), { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** Runs xdotool beside the test; `stop` ends it and lets go of the mouse button and the keys that it may have held. */
function inBackground(steps, keys) {
	const child = spawn("xdotool", steps.map(String), { stdio: "ignore" });
	const ended = new Promise((resolve) => child.once("exit", resolve));
	return {
		stop: async () => {
			child.kill();
			await ended;
			xdotool("mouseup", 1, ...[...keys].flatMap((key) => ["keyup", key]));
		},
	};
}

/** Saves what the screen shows to target/e2e-shots/NAME.png; WebDriver's own screenshots hang with this renderer. */
export function screenshot(name) {
	mkdirSync(SHOTS, { recursive: true });
	const file = path.join(SHOTS, `${name}.png`);
	execFileSync("import", ["-window", "root", file]);
	return file;
}

/** The visible window with this title, an exact string; waits for it. Returns its X id. */
export function windowTitled(title, timeoutMillis = 15_000) {
	return until(`window "${title}"`, () => windowsTitled(title).at(-1), timeoutMillis);
}

/** Presses key combinations such as `ctrl+shift+z` in the window with this title. */
export async function pressKeys(title, ...combinations) {
	await activate(await windowTitled(title));
	xdotool("key", ...combinations);
}

/** Clicks through the native menu bar: `clickMenu(app, "File", "Open folder…")`. */
export async function clickMenu(app, ...names) {
	for (const name of names) await clickMenuItem(app, name);
}

/** What a menu entry shows, without opening its menu: `menuState(app, "View", "Theme", "Dark")`. */
export function menuState(app, ...names) {
	const found = accessible(app, "state", ...names);
	if (!found) throw new Error(`there is no menu entry ${names.join(" ▸ ")}`);
	const [enabled, ticked] = JSON.parse(found);
	return { enabled, ticked };
}

/** Clicks an entry of a native menu that is open, or the head of one in the menu bar. */
export async function clickMenuItem(app, name) {
	const place = await until(`menu entry "${name}"`, () => accessible(app, "menu", name));
	xdotool("mousemove", ...place.split(" "), "click", 1);
}

/** Right-clicks at a point of an element of the page (CSS pixels from its top left corner), with the real mouse. */
export async function rightClick(app, title, selector, point) {
	const window = await windowTitled(title);
	await activate(window);
	xdotool("mousemove", "--window", window, ...(await placeInWindow(app, window, selector, point)), "click", 3);
}

/** The real mouse over the page of the window with this title; `inWindow` turns a place into CSS pixels of the page. */
export async function realPointer(app, title, inWindow) {
	const window = await windowTitled(title);
	await activate(window);
	const place = async (...where) => {
		const { x, y } = await inWindow(...where);
		return ["--window", window, ...(await placeInWindow(app, window, "html", { x, y }))];
	};
	return {
		moveTo: async (...where) => xdotool("mousemove", ...(await place(...where))),
		/** Through all these places, 8 ms apart. */
		sweep: async (places) => {
			const steps = [];
			for (const where of places) steps.push("mousemove", ...(await place(...where)), "sleep", 0.008);
			xdotool(...steps);
		},
		/**
		 * Begins to drag and to press keys, one after the other: `{ drag: [from, to] }`, `{ key }`; returns at once.
		 * `stop` ends what is left of it.
		 */
		perform: async (deeds) => {
			const steps = [];
			for (const { drag, key } of deeds) {
				if (key !== undefined) steps.push("key", key, "sleep", 0.02);
				else {
					const [from, to] = [await place(...drag[0]), await place(...drag[1])];
					steps.push("mousemove", ...from, "mousedown", 1, "sleep", 0.01);
					steps.push("mousemove", ...to, "sleep", 0.01, "mouseup", 1, "sleep", 0.02);
				}
			}
			const keys = new Set(deeds.flatMap(({ key }) => key ?? []));
			return inBackground(steps, keys);
		},
		press: (button = 1) => xdotool("mousedown", button),
		release: (button = 1) => xdotool("mouseup", button),
		/** Buttons 4 and 5 are a notch of the wheel away from the user and towards them. */
		click: (button = 1, times = 1) => xdotool("click", "--repeat", times, "--delay", 5, button),
	};
}

/** Holds a real key down, and lets go of it. */
export function holdKey(key) {
	xdotool("keydown", key);
	return () => xdotool("keyup", key);
}

/**
 * Answers the native file dialog with this title: types the path and presses Return, then waits until it is closed.
 * Works for opening, saving and choosing a folder: in each, typing an absolute path opens a field for it.
 */
export async function chooseInDialog(app, title, file) {
	const wanted = path.resolve(file);
	const dialog = await windowTitled(title);
	await activate(dialog);
	// A name that the dialog proposes is replaced. Keys that come before the field is there are lost, so it is awaited.
	let tries = 0;
	await until(`field for a path in the dialog "${title}"`, () => {
		if (tries++ % 4 === 0) xdotool("key", "ctrl+a", "slash");
		return textInEntry(app)?.startsWith("/");
	});
	xdotool("key", "ctrl+a");
	xdotool("type", "--delay", 5, wanted);
	await until(`"${wanted}" in the dialog "${title}"`, () => textInEntry(app)?.startsWith(wanted));
	// What the dialog has completed beyond the typed text is selected.
	if (textInEntry(app) !== wanted) xdotool("key", "Delete");
	xdotool("key", "Return");
	await until(`end of the dialog "${title}"`, () => !windowsTitled(title).includes(dialog));
}

/** Closes the file dialog with this title without choosing. */
export async function cancelDialog(title) {
	const dialog = await windowTitled(title);
	await activate(dialog);
	xdotool("key", "Escape");
	await until(`end of the dialog "${title}"`, () => !windowsTitled(title).includes(dialog));
}

function windowsTitled(title) {
	const pattern = `^${title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
	try {
		return xdotool("search", "--onlyvisible", "--name", pattern).split("\n").filter(Boolean);
	} catch {
		// Its status is 1 when there is none.
		return [];
	}
}

export async function activate(window) {
	xdotool("windowactivate", "--sync", window);
	await until("keyboard in the window", () => xdotool("getactivewindow") === window);
}

function textInEntry(app) {
	const text = accessible(app, "entry");
	return text ? JSON.parse(text) : null;
}

function accessible(app, ...question) {
	const args = [path.join(ROOT, "tests/e2e/accessible.py"), app.pid, ...question];
	return execFileSync(SYSTEM_PYTHON, args.map(String), {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "inherit"],
	}).trim();
}

/** A point of an element in pixels of the window. Not of the screen: xdotool's idea of a window's place counts its frame twice. */
async function placeInWindow(app, window, selector, point) {
	const [page, inner] = await app.browser.execute((wanted) => {
		const { left, top } = document.querySelector(wanted).getBoundingClientRect();
		return [
			{ left, top },
			{ width: window.innerWidth, height: window.innerHeight },
		];
	}, selector);
	const geometry = Object.fromEntries(
		xdotool("getwindowgeometry", "--shell", window)
			.split("\n")
			.map((line) => line.split("=")),
	);
	// The page fills the window below the menu bar.
	const menuBar = Number(geometry.HEIGHT) - inner.height;
	return [page.left + point.x, menuBar + page.top + point.y].map(Math.round);
}

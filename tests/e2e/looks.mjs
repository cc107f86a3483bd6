// Looks at a view in both themes: a picture of the screen, axe-core's rules, and texts that are cut off without a
// way to read them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { screenshot } from "./desktop.mjs";
import { until } from "./until.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** The screen's size, as in run.sh: part of the pictures' names. */
export const SCREEN = process.env.BAUTA_SCREEN ?? "1920x1080";

/** Sets the window's theme and waits until it shows. */
export async function setTheme(app, theme) {
	await app.dispatch(`view.theme.${theme}`);
	await until(`${theme} theme`, () => app.browser.execute((t) => document.documentElement.dataset.theme === t, theme));
}

/** Looks at what the window shows now, as `name`, in the dark theme and in the light one. */
export async function look(app, name) {
	const found = [];
	for (const theme of ["light", "dark"]) {
		await setTheme(app, theme);
		await settled(app);
		for (const fault of [...(await axeFaults(app)), ...(await cutTexts(app))]) found.push(`${theme}: ${fault}`);
		// Last, because the native menu bar changes its theme a moment after the page.
		screenshot(`looks-${SCREEN}-${name}-${theme}`);
	}
	assert.deepEqual(found, [], `faults of "${name}"`);
}

/** Two frames after the last picture of the page has come and the last colour has changed. */
export async function settled(app) {
	await until("pictures of the page", () => app.browser.execute(() => [...document.images].every((i) => i.complete)));
	await app.browser.executeAsync((done) => {
		const ends = document.getAnimations().map((animation) => animation.finished.catch(() => {}));
		Promise.all(ends).then(() => requestAnimationFrame(() => requestAnimationFrame(done)));
	});
}

async function axeFaults(app) {
	await app.browser.execute(AXE);
	return app.browser.executeAsync((done) => {
		globalThis.axe.run(document, { resultTypes: ["violations"] }).then(
			({ violations, passes }) =>
				done(
					passes.length < 5
						? ["axe-core found nothing to look at"]
						: violations.flatMap((fault) =>
								fault.nodes.map(
									(node) => `${fault.id}: ${node.target.join(" ")}: ${node.any[0]?.message ?? fault.help}`,
								),
							),
				),
			(error) => done([String(error)]),
		);
	});
}

/** Texts that do not fit into their element, or that lie outside the window, where nothing scrolls or explains. */
async function cutTexts(app) {
	return app.browser.execute(() => {
		const faults = [];
		const hasOwnText = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== "");
		const scrolls = (e) => {
			for (let p = e.parentElement; p; p = p.parentElement) {
				if (/auto|scroll/.test(getComputedStyle(p).overflow)) return true;
			}
			return false;
		};
		const dialog = document.querySelector("dialog[open]");
		for (const e of document.body.querySelectorAll("*")) {
			if (!hasOwnText(e) || e.closest(".visually-hidden, option, script, style")) continue;
			if (dialog && !dialog.contains(e)) continue;
			const box = e.getBoundingClientRect();
			if (box.width === 0 || box.height === 0 || !e.checkVisibility()) continue;
			const text = e.textContent.trim().slice(0, 40);
			const where = `${e.tagName.toLowerCase()}.${e.className} "${text}"`;
			const style = getComputedStyle(e);
			const explained = e.closest("[title]") !== null;
			if (
				style.overflowX !== "visible" &&
				e.scrollWidth > e.clientWidth + 1 &&
				!explained &&
				!/auto|scroll/.test(style.overflowX)
			)
				faults.push(`cut: ${where}`);
			if (e.matches("button") && e.scrollWidth > e.clientWidth + 1) faults.push(`too wide for its button: ${where}`);
			const outside = box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1;
			if (outside && !scrolls(e)) faults.push(`outside the window: ${where}`);
		}
		for (const e of (dialog ?? document.body).querySelectorAll("button, input, select")) {
			const { left, right, top, bottom, width, height } = e.getBoundingClientRect();
			const middle = (top + bottom) / 2;
			if (width < 8 || height === 0 || !e.checkVisibility({ opacityProperty: true })) continue;
			if (middle < 0 || middle > innerHeight || left > innerWidth || scrolls(e)) continue;
			for (const x of [left + 3, right - 3]) {
				const above = document.elementFromPoint(x, middle);
				if (above === null || e.contains(above) || above.closest("[role=dialog], dialog, .toasts") !== null) continue;
				if (!above.contains(e))
					faults.push(`covered: ${e.tagName.toLowerCase()} "${e.ariaLabel ?? e.textContent.trim()}"`);
			}
		}
		return faults;
	});
}

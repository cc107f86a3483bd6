// The picture in the window, for tests that draw on it: places in image pixels, with WebDriver's pointer or the real one.

import { realPointer } from "./desktop.mjs";
import { until } from "./until.mjs";

/** Driver-side view of the canvas of `app`. */
export function pictureOf(app) {
	const { browser } = app;
	/** Where an image pixel is, in CSS pixels of the window. */
	const inWindow = (x, y) => browser.execute((px, py) => window.__bauta.viewport.screenFromImage(px, py), x, y);
	/** The same from the canvas's top left corner. */
	const onCanvas = async (x, y) => {
		const point = await inWindow(x, y);
		const corner = await browser.execute(() => {
			const { left, top } = document.querySelector("canvas").getBoundingClientRect();
			return { left, top };
		});
		return { x: point.x - corner.left, y: point.y - corner.top };
	};
	const zoom = () => browser.execute(() => window.__bauta.viewport.zoomPercent);
	const boxes = async () => (await app.look("snapshot")).annotations;
	return {
		inWindow,
		onCanvas,
		boxes,
		selected: async () => (await app.look("snapshot")).selected,
		zoom,
		/** Waits until the corner status says that everything is saved. */
		saved: () =>
			until("saved state", () =>
				browser.execute(() => document.querySelector("[data-save]")?.dataset.save === "saved"),
			),
		/** The box with about these edges, as exactly as the mouse can draw at this scale; or undefined. */
		boxAt: async (...edges) => {
			const reach = Math.max(2, 250 / (await zoom()));
			const near = ({ bbox }) =>
				["x1", "y1", "x2", "y2"].every((edge, index) => Math.abs(bbox[edge] - edges[index]) <= reach);
			return (await boxes()).find(near);
		},
		drag: async (x1, y1, x2, y2) => app.drag("canvas", await onCanvas(x1, y1), await onCanvas(x2, y2)),
		/** A click, with keys such as Shift held. */
		click: async (x, y, ...held) => {
			const { x: left, y: top } = await inWindow(x, y);
			const keys = browser.action("key");
			for (const key of held) keys.down(key);
			if (held.length > 0) await keys.perform(true);
			const pointer = browser.action("pointer").move({ x: Math.round(left), y: Math.round(top) });
			await pointer.down().up().perform(true);
			await browser.releaseActions();
		},
		/** The real mouse of the display, over the picture. */
		mouse: async () => realPointer(app, "Bauta", inWindow),
	};
}

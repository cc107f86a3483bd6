import type { Palette } from "./paint-still";

/** The colours of the tokens, for the canvas, which cannot read custom properties itself. */
export function readPalette(element: Element): Palette {
	const style = getComputedStyle(element);
	const token = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
	return {
		ground: token("--ground", "#141517"),
		accent: token("--accent", "#98a4ff"),
		bad: token("--bad-fill", "#b3372e"),
		font: `600 11px ${token("--font", "sans-serif")}`,
	};
}

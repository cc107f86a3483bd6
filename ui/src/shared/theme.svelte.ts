// Light or dark: the system's choice unless the user made one.

import { flushSync } from "svelte";
import { Remembered } from "./remembered.svelte";

export type Theme = "system" | "light" | "dark";
const ORDER: readonly Theme[] = ["system", "light", "dark"];

const chosen = new Remembered<Theme>("theme", "system", (theme) => ORDER.includes(theme));
// jsdom has no media.
const light = globalThis.matchMedia?.("(prefers-color-scheme: light)");
let systemLight = $state(light?.matches ?? false);
/** Paper is white. */
let printing = $state(false);

export const theme = {
	/** What the user chose. */
	get value(): Theme {
		return chosen.value;
	},
	/** What is on screen. */
	get shown(): "light" | "dark" {
		if (printing) return "light";
		if (chosen.value !== "system") return chosen.value;
		return systemLight ? "light" : "dark";
	},
	choose(wanted: Theme): void {
		chosen.value = wanted;
		applyTheme();
	},
	/** System → light → dark → system. */
	next(): void {
		this.choose(ORDER[(ORDER.indexOf(chosen.value) + 1) % ORDER.length] ?? "system");
	},
};

/** Puts the theme where the tokens look for it, now and when the system's changes. */
export function applyTheme(): void {
	document.documentElement.dataset.theme = theme.shown;
}

light?.addEventListener("change", () => {
	systemLight = light.matches;
	applyTheme();
});

for (const [event, prints] of [
	["beforeprint", true],
	["afterprint", false],
] as const) {
	globalThis.addEventListener?.(event, () => {
		// What is drawn on canvases must be there in its new colours when the page is printed.
		flushSync(() => {
			printing = prints;
			applyTheme();
		});
	});
}

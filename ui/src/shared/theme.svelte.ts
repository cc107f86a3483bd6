// Light or dark: the system's choice unless the user made one.

import { Remembered } from "./remembered.svelte";

export type Theme = "system" | "light" | "dark";
const ORDER: readonly Theme[] = ["system", "light", "dark"];

const chosen = new Remembered<Theme>("theme", "system", (theme) => ORDER.includes(theme));

export const theme = {
	get value(): Theme {
		return chosen.value;
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

/** Puts the choice where the tokens look for it. Both windows of the program share it. */
export function applyTheme(): void {
	if (chosen.value === "system") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = chosen.value;
}

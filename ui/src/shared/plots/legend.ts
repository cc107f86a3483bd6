import type uPlot from "uplot";
import { t } from "../messages";

/** The legend's names toggle the lines: says so, and lets the keyboard do it. */
export function nameLegend(made: uPlot): void {
	const names = made.root.querySelectorAll<HTMLElement>(".u-legend .u-series:not(:first-child) th");
	for (const [index, name] of names.entries()) {
		name.tabIndex = 0;
		name.title = t("training.toggle");
		name.setAttribute("role", "switch");
		const shown = () => name.setAttribute("aria-checked", String(made.series[index + 1]?.show ?? true));
		shown();
		name.addEventListener("click", () => queueMicrotask(shown));
		name.addEventListener("keydown", (event) => {
			if (event.key !== "Enter" && event.key !== " ") return;
			event.preventDefault();
			name.click();
		});
	}
}

import type { CategoryView } from "../../bindings";

/** The key that gives a category: its own, or its place among the first nine when no other has that digit. */
export function keyOf(category: CategoryView, categories: readonly CategoryView[]): string | null {
	if (category.hotkey !== null) return category.hotkey.toUpperCase();
	const digit = String(categories.indexOf(category) + 1);
	return digit.length === 1 && digit !== "0" && !categories.some(({ hotkey }) => hotkey === digit) ? digit : null;
}

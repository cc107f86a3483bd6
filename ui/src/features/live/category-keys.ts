// Which of the keys 1 to 9 saves a face as which category.

import type { CategoryView } from "../../bindings";

export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
export type DigitKey = (typeof KEYS)[number];

/** A category with its key here; null when all nine are taken. */
export type KeyedCategory = { readonly key: DigitKey | null; readonly category: CategoryView };

/** Digits that categories have in the main window stay theirs; the others get the free ones, in order. */
export function keyedCategories(categories: readonly CategoryView[]): KeyedCategory[] {
	const own = new Set<string | null>(categories.map(({ hotkey }) => hotkey));
	const free = KEYS.filter((key) => !own.has(key));
	return categories.map((category) => {
		const key = KEYS.find((digit) => digit === category.hotkey) ?? free.shift() ?? null;
		return { key, category };
	});
}

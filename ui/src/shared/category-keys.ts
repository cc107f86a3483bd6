// Which keys give which category: one rule for the labels, the panel and the live window.

import type { CategoryView } from "../bindings";

export const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
export type DigitKey = (typeof DIGITS)[number];

/** The category that a digit gives: the one that has it as its own key, else the one at that place. */
export function categoryOfDigit(digit: DigitKey, categories: readonly CategoryView[]): CategoryView | undefined {
	return categories.find(({ hotkey }) => hotkey === digit) ?? categories[Number(digit) - 1];
}

/** The digit that gives a category: its own, or else its place; null when that digit gives another one. */
export function digitOf(category: CategoryView, categories: readonly CategoryView[]): DigitKey | null {
	const own = DIGITS.find((digit) => digit === category.hotkey);
	const digit = own ?? DIGITS[categories.indexOf(category)];
	return digit !== undefined && categoryOfDigit(digit, categories) === category ? digit : null;
}

/** The key to show with a category: its own, whatever it is, or else its digit. */
export function keyOf(category: CategoryView, categories: readonly CategoryView[]): string | null {
	return category.hotkey?.toUpperCase() ?? digitOf(category, categories);
}

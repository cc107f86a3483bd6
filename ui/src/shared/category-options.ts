// What the category picker offers for what has been typed.

import type { CategoryView } from "../bindings";

export type PickerOption =
	| { readonly kind: "category"; readonly category: CategoryView; readonly key: number | null }
	/** The one that was given last, offered first. */
	| { readonly kind: "last"; readonly category: CategoryView }
	| { readonly kind: "none" }
	| { readonly kind: "create"; readonly name: string };

/** Those that begin with the text, then those that contain it; "none" when nothing is typed; a new one unless it exists. */
export function pickerOptions(
	categories: readonly CategoryView[],
	typed: string,
	last: CategoryView | null = null,
): PickerOption[] {
	const name = typed.trim();
	const folded = name.toLowerCase();
	const option = (category: CategoryView, index: number): PickerOption & { kind: "category" } => {
		return { kind: "category", category, key: index < 9 ? index + 1 : null };
	};
	const matching = categories.map(option).filter(({ category }) => category.name.toLowerCase().includes(folded));
	const repeated = last ? [{ kind: "last", category: last } as const] : [];
	if (name === "") return [...repeated, ...matching, { kind: "none" }];
	const starts = ({ category }: { category: CategoryView }) => (category.name.toLowerCase().startsWith(folded) ? 0 : 1);
	matching.sort((a, b) => starts(a) - starts(b));
	const exists = matching.some(({ category }) => category.name.toLowerCase() === folded);
	return exists ? matching : [...matching, { kind: "create", name }];
}

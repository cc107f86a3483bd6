import type { CategoryChange, CategoryFate, CategoryId, Step } from "../../bindings";
import { type FakeContext, fail, ok } from ".";
import { CATEGORY_COLORS, type FakeImage, fakeUuid } from "./project";

let made = 100;

export function fakeCategories({ project }: FakeContext) {
	const changed = (touched: readonly FakeImage[] = []) => ok(project.changed(touched));
	const taken = (name: string, except?: CategoryId) =>
		project.categories.some((c) => c.id !== except && c.name.toLowerCase() === name.toLowerCase());
	const drop = (id: CategoryId, fate: CategoryFate, step: Step) => {
		project.record(step);
		project.categories = project.categories.filter((c) => c.id !== id);
		const touched = project.images.filter((image) => image.annotations.some((a) => a.category === id));
		for (const image of touched) {
			const to = fate.kind === "move" ? fate.to : null;
			image.annotations = image.annotations
				.filter((a) => fate.kind !== "delete" || a.category !== id)
				.map((a) => (a.category === id ? { ...a, category: to } : a));
			image.revision += 1;
		}
		return changed(touched);
	};
	return {
		addCategory: (typed: string) => {
			const name = typed.trim();
			if (name === "") return fail<never>("invalidInput", "a category needs a name; type at least one character");
			if (taken(name)) return fail<never>("invalidInput", `there is already a category called "${name}"`);
			project.record("addCategory");
			const position = project.categories.length;
			const color = CATEGORY_COLORS[position % CATEGORY_COLORS.length] ?? "#e69f00";
			project.categories = [
				...project.categories,
				{ id: fakeUuid(2, ++made), name, color, position, hotkey: null, description: "", boxes: 0 },
			];
			return changed();
		},
		changeCategory: (id: CategoryId, change: CategoryChange) => {
			const name = change.name.trim();
			if (taken(name, id)) return fail<never>("invalidInput", `there is already a category called "${name}"`);
			const rival = project.categories.find((c) => c.id !== id && c.hotkey !== null && c.hotkey === change.hotkey);
			if (rival) return fail<never>("invalidInput", `the key ${change.hotkey} belongs to "${rival.name}" already`);
			project.record("changeCategory");
			project.categories = project.categories.map((c) => (c.id === id ? { ...c, ...change, name } : c));
			return changed();
		},
		reorderCategories: (order: readonly CategoryId[]) => {
			project.record("reorderCategories");
			const place = (id: CategoryId) => (order.includes(id) ? order.indexOf(id) : order.length);
			const sorted = project.categories.toSorted((a, b) => place(a.id) - place(b.id));
			project.categories = sorted.map((c, position) => ({ ...c, position }));
			return changed();
		},
		mergeCategory: (id: CategoryId, into: CategoryId) => drop(id, { kind: "move", to: into }, "mergeCategory"),
		removeCategory: (id: CategoryId, fate: CategoryFate) => drop(id, fate, "deleteCategory"),
	};
}

import type { CategoryFate, CategoryId } from "../../bindings";
import { type FakeContext, fail, ok } from ".";
import { CATEGORY_COLORS, fakeUuid } from "./project";

let made = 100;

export function fakeCategories({ project }: FakeContext) {
	const changed = (images: string[] = []) =>
		ok({
			categories: project.counted(),
			rows: project.images.filter((i) => images.includes(i.id)).map((i) => project.row(i)),
			images,
			history: project.history,
		});
	const taken = (name: string, except?: CategoryId) =>
		project.categories.some((c) => c.id !== except && c.name.toLowerCase() === name.toLowerCase());
	return {
		addCategory: (typed: string) => {
			const name = typed.trim();
			if (name === "") return fail<never>("invalidInput", "a category needs a name; type at least one character");
			if (taken(name)) return fail<never>("invalidInput", `there is already a category called "${name}"`);
			project.record("addCategory");
			const position = project.categories.length;
			const color = CATEGORY_COLORS[position % CATEGORY_COLORS.length] ?? "#e69f00";
			project.categories = [...project.categories, { id: fakeUuid(2, ++made), name, color, position, boxes: 0 }];
			return changed();
		},
		changeCategory: (id: CategoryId, typed: string, color: string) => {
			const name = typed.trim();
			if (taken(name, id)) return fail<never>("invalidInput", `there is already a category called "${name}"`);
			project.record("changeCategory");
			project.categories = project.categories.map((c) => (c.id === id ? { ...c, name, color } : c));
			return changed();
		},
		removeCategory: (id: CategoryId, fate: CategoryFate) => {
			project.record("deleteCategory");
			project.categories = project.categories.filter((c) => c.id !== id);
			const touched = project.images.filter((image) => image.annotations.some((a) => a.category === id));
			for (const image of touched) {
				const to = fate.kind === "move" ? fate.to : null;
				image.annotations = image.annotations
					.filter((a) => fate.kind !== "delete" || a.category !== id)
					.map((a) => (a.category === id ? { ...a, category: to } : a));
				image.revision += 1;
			}
			return changed(touched.map((image) => image.id));
		},
	};
}

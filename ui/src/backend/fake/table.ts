import type { Annotation, BoxChoice, CategoryId, Step, TableQuery, TableRow } from "../../bindings";
import { type FakeContext, ok } from ".";

/** The table of all boxes, and changes of many. */
export function fakeTable({ project }: FakeContext) {
	const sorted = (query: TableQuery): TableRow[] => {
		const rows = project.images.flatMap((image) =>
			image.annotations.map((annotation) => ({
				image: image.id,
				name: image.name,
				folder: "photos",
				size: image.size,
				annotation,
				changed: null,
			})),
		);
		const { category: wanted } = query;
		const shown = rows.filter(
			({ name, image, annotation: { category, state, source } }) =>
				name.toLowerCase().includes(query.search.toLowerCase()) &&
				(wanted.kind === "any" || category === (wanted.kind === "is" ? wanted.id : null)) &&
				(query.state === null || state === query.state) &&
				(query.source === null || source.kind === query.source) &&
				(query.image === null || image === query.image),
		);
		const key = ({ name, annotation }: TableRow): number | string => {
			const { bbox } = annotation;
			const [width, height] = [bbox.x2 - bbox.x1, bbox.y2 - bbox.y1];
			switch (query.order) {
				case "image":
				case "changed":
					return name;
				case "category":
					return project.categories.findIndex((c) => c.id === annotation.category);
				case "width":
					return width;
				case "height":
					return height;
				case "area":
					return width * height;
				case "state":
					return annotation.state;
				case "source":
					return annotation.source.kind;
				case "score":
					return scoreOf(annotation);
			}
		};
		const order = query.descending ? -1 : 1;
		const before = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0);
		return shown.sort((a, b) => order * before(key(a), key(b)));
	};
	const change = (step: Step, choice: BoxChoice, make: (annotation: Annotation) => Annotation[]) => {
		project.record(step);
		const ids = new Set(
			choice.kind === "ids" ? choice.ids : sorted(choice.query).map(({ annotation }) => annotation.id),
		);
		const touched = project.images.filter((image) => image.annotations.some((a) => ids.has(a.id)));
		for (const image of touched) {
			image.annotations = image.annotations.flatMap((a) => (ids.has(a.id) ? make(a) : [a]));
			image.revision += 1;
		}
		return ok({ boxes: ids.size, refused: 0, changed: project.changed(touched) });
	};
	return {
		annotationsTable: (query: TableQuery, first: number, limit: number) => {
			const rows = sorted(query);
			return ok({ total: rows.length, first, rows: rows.slice(first, first + limit) });
		},
		tableIds: (query: TableQuery, first: number, limit: number) =>
			ok(
				sorted(query)
					.slice(first, first + limit)
					.map(({ annotation }) => annotation.id),
			),
		setCategoryOf: (choice: BoxChoice, category: CategoryId | null) =>
			change("setCategory", choice, (a) => [{ ...a, category, state: "accepted", suggestion: null }]),
		deleteBoxes: (choice: BoxChoice) => change("deleteBoxes", choice, () => []),
	};
}

function scoreOf({ source, suggestion }: Annotation): number {
	return suggestion?.confidence ?? (source.kind === "detected" ? source.score : -1);
}

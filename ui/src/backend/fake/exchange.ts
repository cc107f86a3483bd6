import type {
	CategoryImportPlan,
	ConflictChoices,
	ExportFormat,
	ExportSummary,
	FrameChoice,
	Imported,
	ImportPlanView,
} from "../../bindings";
import { type FakeContext, ok } from ".";

/** A plan as a file of the real program might give it: everything that a plan can hold. */
export const FAKE_PLAN: ImportPlanView = {
	path: "/home/you/annotations.json",
	format: "coco",
	formatName: "COCO",
	certain: true,
	images: 3,
	newImages: 1,
	newBoxes: 5,
	sameBoxes: 2,
	completedBoxes: 1,
	conflicts: 1,
	conflictList: [
		{
			imageId: "00000000-0000-4000-8000-000000000001",
			image: "photo 1.jpg",
			mine: "ffp2",
			theirs: null,
			myBox: { x1: 0, y1: 0, x2: 50, y2: 50 },
			theirBox: { x1: 2, y1: 0, x2: 50, y2: 50 },
		},
	],
	newCategories: ["hat"],
	missingBoxes: 4,
	missingImages: 2,
	missingList: [
		{ path: "day/a.jpg", boxes: 3 },
		{ path: "night/a.jpg", boxes: 1 },
	],
	hasTurned: true,
	frame: "auto",
	problems: [{ place: "annotation 7", message: "the box is missing; expected four numbers" }],
};

/** Import and export without a disk: the plan is always the same one. */
export function fakeExchange({ project }: FakeContext) {
	const plan: CategoryImportPlan = {
		path: "/home/you/categories.csv",
		categories: [{ kind: "new", name: "hat", before: null }],
		problems: [],
	};
	return {
		planImport: (_folder: boolean) => ok<ImportPlanView | null>(FAKE_PLAN),
		locateImport: () => ok<ImportPlanView | null>({ ...FAKE_PLAN, missingImages: 0, missingBoxes: 0, missingList: [] }),
		frameImport: (frame: FrameChoice) => ok<ImportPlanView>({ ...FAKE_PLAN, frame, completedBoxes: 0 }),
		applyImport: ({ all, each }: ConflictChoices) => {
			project.record("importAnnotations");
			const [, choice] = each.find(([number]) => number === 0) ?? [0, all];
			const replaced = choice === "takeTheirs" ? 1 : 0;
			const summary = { added: 5, completed: 1, replaced, images: 1, categories: 1, cancelled: false };
			return ok<Imported>({ summary, project: project.viewAll() });
		},
		forgetImport: () => Promise.resolve(),
		exportAnnotations: ({ format }: ExportFormat) =>
			ok<ExportSummary | null>({
				path: `/home/you/annotations.${format}`,
				format,
				formatName: "COCO",
				files: 1,
				images: 3,
				boxes: 5,
				withoutCategory: 1,
				cancelled: false,
				problems: [],
			}),
		planCategoryImport: () => ok<CategoryImportPlan | null>(plan),
		applyCategoryImport: () => {
			project.record("importCategories");
			return ok(project.changed([]));
		},
		exportCategories: (ending: string) => ok<string | null>(`/home/you/categories.${ending}`),
	};
}

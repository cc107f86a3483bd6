import type {
	CategoryId,
	CategoryImportPlan,
	ExportSummary,
	ForeignFacts,
	ImportPlanView,
	LocatePlan,
	Problem,
	Question,
	ResizedSummary,
} from "../bindings";

/** The dialog that is open; there is never more than one. */
export type DialogState =
	| { readonly kind: "addCategory" }
	| { readonly kind: "editCategory"; readonly id: CategoryId }
	| { readonly kind: "replaceCategory" }
	| { readonly kind: "allCategories" }
	| { readonly kind: "deleteCategory"; readonly id: CategoryId }
	| { readonly kind: "crop" }
	| { readonly kind: "autocrop" }
	| { readonly kind: "unprocessed" }
	| { readonly kind: "detect" }
	| { readonly kind: "import"; readonly plan: ImportPlanView }
	| { readonly kind: "resized"; readonly summary: ResizedSummary }
	| { readonly kind: "exported"; readonly summary: ExportSummary }
	| { readonly kind: "importCategories"; readonly plan: CategoryImportPlan }
	| { readonly kind: "foreignModel"; readonly facts: ForeignFacts }
	| { readonly kind: "acceptAll" }
	| { readonly kind: "experiment"; readonly asks: Question["kind"] }
	| { readonly kind: "problems"; readonly title: string; readonly problems: readonly Problem[] }
	| { readonly kind: "deleteBoxes" }
	| { readonly kind: "destinations" }
	| { readonly kind: "locate"; readonly plan: LocatePlan }
	| { readonly kind: "preferences" }
	| { readonly kind: "lookOnly"; readonly message: string }
	/** `unsaved`: why the last changes are not saved; `before`: what was open when the user wanted to leave. */
	| { readonly kind: "leave"; readonly unsaved: string | null; readonly before: DialogState | null }
	| { readonly kind: "shortcuts" }
	| { readonly kind: "about" };

type Kind = DialogState["kind"];
/** The dialogs that need nothing but their name. */
export type PlainDialog = {
	[K in Kind]: { readonly kind: K } extends Extract<DialogState, { readonly kind: K }> ? K : never;
}[Kind];

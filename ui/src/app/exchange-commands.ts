// Annotations and categories in and out, and how the user hears of it.

import type { Result } from "../backend";
import type { ConflictChoices, Format, FrameChoice, ImportPlanView } from "../bindings";
import { t } from "../shared/messages";
import type { Session } from "./session.svelte";
import { undoAction } from "./undo-action";

/** Reads a file or a folder, and shows what importing it would do. */
export async function planImport(session: Session, folder: boolean): Promise<void> {
	if (await session.saved()) await showPlan(session, () => session.backend.planImport(folder));
}

/** Looks for the missing pictures in a folder that the user points to. */
export async function locateImport(session: Session): Promise<void> {
	await showPlan(session, () => session.backend.locateImport());
}

/** Plans again with boxes taken to be this way up. */
export async function frameImport(session: Session, frame: FrameChoice): Promise<void> {
	await showPlan(session, () => session.backend.frameImport(frame));
}

async function showPlan(session: Session, ask: () => Promise<Result<ImportPlanView | null>>): Promise<void> {
	await session.jobs.run("import", async () => {
		const plan = await session.tell(ask());
		if (plan) session.dialog = { kind: "import", plan };
	});
}

export async function applyImport(session: Session, choices: ConflictChoices): Promise<void> {
	session.dialog = null;
	if (!(await session.saved())) return;
	await session.jobs.run("import", async () => {
		const done = await session.tell(session.backend.applyImport(choices));
		if (!done) return;
		await session.show(done.project, session.current);
		const { summary } = done;
		if (summary.cancelled) {
			session.toasts.show("note", t("import.stopped"));
			return;
		}
		const text = t("import.done", { count: summary.added, changed: summary.completed + summary.replaced });
		session.toasts.show("done", text, undoAction(session));
	});
}

export function closeImport(session: Session): void {
	session.dialog = null;
	void session.backend.forgetImport();
}

export async function exportAnnotations(session: Session, format: Format, byteOrderMark = false): Promise<void> {
	if (!(await session.saved())) return;
	await session.jobs.run("export", async () => {
		const summary = await session.tell(session.backend.exportAnnotations({ format, byteOrderMark }));
		if (!summary) return;
		if (summary.cancelled) session.toasts.show("note", t("export.stopped"));
		else session.dialog = { kind: "exported", summary };
	});
}

export async function planCategoryImport(session: Session): Promise<void> {
	const plan = await session.tell(session.backend.planCategoryImport());
	if (plan) session.dialog = { kind: "importCategories", plan };
}

export async function applyCategoryImport(session: Session): Promise<void> {
	session.dialog = null;
	const change = await session.tell(session.backend.applyCategoryImport());
	if (!change) return;
	await session.changed(change);
	session.toasts.show("done", t("import.categories.done"), undoAction(session));
}

export async function exportCategories(session: Session, ending: "json" | "csv" | "xlsx"): Promise<void> {
	const path = await session.tell(session.backend.exportCategories(ending));
	if (path !== null) session.toasts.show("done", t("export.categories", { path }));
}

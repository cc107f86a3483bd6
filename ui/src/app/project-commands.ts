// Opening projects, adding folders, going through the images.

import { answered, type Result } from "../backend";
import type { ProjectView } from "../bindings";
import { t } from "../shared/messages";
import { showProblems } from "./job-commands";
import type { Session } from "./session.svelte";

/** Shows the project that a command answers with, once all edits of the open one are saved; a cancelled dialog changes nothing. */
export async function openProject(session: Session, call: () => Promise<Result<ProjectView | null>>): Promise<void> {
	if (session.project && !(await session.saved())) return;
	const answer = await answered(call());
	if (answer.status === "error") {
		const { code, message } = answer.error;
		if (code === "locked" || code === "readOnly") session.dialog = { kind: "lookOnly", message };
		else session.toasts.show("error", message);
		return;
	}
	const project = answer.data;
	if (!project) return;
	session.view = "label";
	await session.show(project);
}

export async function addFolder(session: Session): Promise<void> {
	if (session.project && !(await session.saved())) return;
	await session.jobs.run("addFolder", async () => {
		const added = await session.tell(session.backend.addFolder());
		if (!added) return;
		session.view = "label";
		await session.show(added.project);
		const text = t("images.added", { count: added.added, already: added.already });
		showProblems(session, added.added > 0 ? "done" : "note", text, added.problems);
	});
}

/** Adds the photos that were copied because they have no crop, and shows the first that has no boxes. */
export async function annotateUnprocessed(session: Session): Promise<void> {
	if (session.project && !(await session.saved())) return;
	await session.jobs.run("addFolder", async () => {
		const added = await session.tell(session.backend.annotateUnprocessed());
		if (!added) return;
		session.view = "label";
		await session.show(added.project);
		const text = t("images.added", { count: added.added, already: added.already });
		showProblems(session, added.added > 0 ? "done" : "note", text, added.problems);
		await session.dispatch("view.nextUnlabelled");
	});
}

/** Shows one photo, with its neighbours of the same folder around it. */
export async function openImageFile(session: Session): Promise<void> {
	if (session.project && !(await session.saved())) return;
	await session.jobs.run("addFolder", async () => {
		const project = await session.tell(session.backend.openImageFile());
		if (!project) return;
		session.view = "label";
		await session.show(project, project.lastImage);
	});
}

export async function openNeighbour(session: Session, step: 1 | -1): Promise<void> {
	const row = session.shown.neighbour(step);
	if (row) await session.open(row.id);
}

/** Says that the open image has no boxes on purpose, or takes that back. */
export async function toggleBackground(session: Session): Promise<void> {
	const row = session.currentRow;
	if (!row || !(await session.saved())) return;
	const change = await session.tell(session.backend.markBackground([row.id], !row.background));
	if (change) session.take(change);
}

// The project's file, where its pictures are and where resized ones go.

import type { CategoryId, DestinationId } from "../bindings";
import { t } from "../shared/messages";
import { openProject } from "./project-commands";
import type { Session } from "./session.svelte";

export async function openRecent(session: Session, path: string): Promise<void> {
	await openProject(session, () => session.backend.openRecent(path));
}

/** Goes on with a copy under another name. What could not be saved where the project was is saved there. */
export async function saveAs(session: Session): Promise<void> {
	session.editor?.keys.commitNudge();
	await session.store.settled();
	await session.jobs.run("backup", async () => {
		const copy = await session.tell(session.backend.saveProjectAs());
		if (!copy) return;
		await session.goOnWith(copy);
		session.toasts.show("done", t("saveAs.done", { path: copy.path }));
	});
}

export async function backUp(session: Session): Promise<void> {
	if (!(await session.saved())) return;
	await session.jobs.run("backup", async () => {
		const path = await session.tell(session.backend.backUpProject());
		if (path !== null) session.toasts.show("done", t("backup.done", { path }));
	});
}

export async function locate(session: Session): Promise<void> {
	await session.jobs.run("locate", async () => {
		const plan = await session.tell(session.backend.planLocate());
		if (plan) session.dialog = { kind: "locate", plan };
	});
}

export async function applyLocate(session: Session): Promise<void> {
	if (!(await session.saved())) return;
	const change = await session.tell(session.backend.applyLocate());
	if (!change) return;
	session.pictures.forget();
	await session.changed(change);
	const id = session.current;
	if (id !== null && change.rows.some((row) => row.id === id)) await session.open(id);
	session.toasts.show("done", t("locate.done", { count: change.rows.length }));
}

/** Asks for the folder of the open image. */
export async function chooseDestination(session: Session): Promise<void> {
	const id = session.current;
	if (id === null) return;
	const change = await session.tell(session.backend.chooseDestination([id]));
	if (change) await session.changed(change);
}

export async function setDestination(session: Session, destination: DestinationId | null): Promise<void> {
	const id = session.current;
	if (id === null) return;
	const change = await session.tell(session.backend.setDestination([id], destination));
	if (change) await session.changed(change);
}

export async function replaceDestination(session: Session, id: DestinationId): Promise<void> {
	const change = await session.tell(session.backend.replaceDestination(id));
	if (change) await session.changed(change);
}

export async function saveResized(session: Session): Promise<void> {
	await session.jobs.run("resize", async () => {
		const summary = await session.tell(session.backend.saveResized());
		if (!summary) return;
		const { written: count, folders } = summary;
		// Another dialog may be open by now; it is not taken away.
		if (session.dialog === null) session.dialog = { kind: "resized", summary };
		else session.toasts.show("done", t("resized.written", { count, folders: folders.length }));
	});
}

export async function reorderCategories(session: Session, ids: CategoryId[]): Promise<void> {
	const change = await session.tell(session.backend.reorderCategories(ids));
	if (change) await session.changed(change);
}

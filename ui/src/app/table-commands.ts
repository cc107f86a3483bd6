// What the user does to many boxes in the table of all of them.

import type { Result } from "../backend";
import type { BulkChange, CategoryId, TableRow } from "../bindings";
import { ALL_BOXES } from "../features/annotations/box-table.svelte";
import { t } from "../shared/messages";
import type { Session } from "./session.svelte";
import { undoAction } from "./undo-action";

export const hasChosenRows = (session: Session) => session.view === "annotations" && session.table.chosen > 0;

/** Gives the chosen boxes a category, or none: one step. */
export async function setCategoryOfChosen(session: Session, category: CategoryId | null): Promise<void> {
	if (!hasChosenRows(session) || session.project?.readOnly || !(await session.saved())) return;
	const { choice } = session.table;
	const change = await changeMany(session, session.backend.setCategoryOf(choice, category));
	if (change) told(session, t("table.changed", { count: change.boxes }), change);
}

/** Deletes the chosen boxes, after a question when deleting is asked about: one step. */
export async function deleteChosen(session: Session): Promise<void> {
	if (!hasChosenRows(session)) return;
	if (session.confirmDeletes.value && session.dialog === null) {
		session.dialog = { kind: "deleteBoxes" };
		return;
	}
	if (!(await session.saved())) return;
	const { choice } = session.table;
	const change = await changeMany(session, session.backend.deleteBoxes(choice));
	if (!change) return;
	session.table.clear();
	told(session, t("table.deleted", { count: change.boxes }), change);
}

/** Goes to the image of a row, with its box selected. */
export async function jumpTo(session: Session, row: TableRow): Promise<void> {
	session.view = "label";
	await session.open(row.image);
	if (session.current === row.image) session.store.select(row.annotation.id);
}

/** Shows the boxes of a category in the table. */
export async function showBoxesOf(session: Session, id: CategoryId): Promise<void> {
	if (!(await session.saved())) return;
	session.view = "annotations";
	await session.table.ask({ ...ALL_BOXES, category: { kind: "is", id } });
}

async function changeMany(session: Session, call: Promise<Result<BulkChange>>): Promise<BulkChange | null> {
	const change = await session.tell(call);
	if (change) await session.changed(change.changed);
	return change;
}

function told(session: Session, text: string, { boxes, refused }: BulkChange): void {
	const undo = undoAction(session);
	session.toasts.show("done", text, boxes > 0 ? undo : null);
	if (refused > 0) session.toasts.show("note", t("table.refused", { count: refused }));
}

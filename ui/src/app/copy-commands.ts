// Cut, copy, paste, duplicate: boxes by the system's clipboard, or from the image before. Where a text field has the
// keys, the same entries of the menu serve its text.

import type { ChangeSet, ImageSize } from "../bindings";
import {
	boxesFromText,
	type CopiedBox,
	categoryHere,
	copiedBoxes,
	offsetsBeside,
	placedOn,
	textOfBoxes,
} from "../features/canvas/box-clipboard";
import { holdsText, typesText } from "../shared/keys";
import { t } from "../shared/messages";
import { newUuid } from "../shared/uuid";
import { commit, commitStanding } from "./box-commands";
import type { Session } from "./session.svelte";

export async function copySelected(session: Session): Promise<boolean> {
	const { image } = session.canvas;
	const boxes = session.store.selectedAnnotations;
	if (!image || boxes.length === 0) return false;
	const text = textOfBoxes(copiedBoxes(image.id, boxes, session.categories));
	const written = await session.tell(session.backend.writeClipboard(text).then((answer) => told(answer)));
	if (written) session.toasts.show("note", t("boxes.copied", { count: boxes.length }));
	return written === true;
}

/** A command that answers with nothing, as one that answers with true. */
function told<T extends { status: "ok" | "error" }>(
	answer: T,
): Exclude<T, { status: "ok" }> | { status: "ok"; data: true } {
	if (answer.status === "ok") return { status: "ok", data: true };
	return answer as Exclude<T, { status: "ok" }>;
}

export async function cutSelected(session: Session): Promise<void> {
	const ids = [...session.canvas.selected];
	// What is not in the clipboard is not taken away.
	if (!(await copySelected(session))) return;
	session.popup = null;
	commit(
		session,
		ids.map((id) => ({ kind: "remove", id })),
	);
}

/** At the same place; on the image it comes from beside it, unless the place is free again. */
export async function paste(session: Session): Promise<void> {
	const { image } = session.canvas;
	const copied = boxesFromText(await session.tell(session.backend.readClipboard()));
	if (!image || session.canvas.image?.id !== image.id) return;
	if (!copied) {
		session.toasts.show("note", t("boxes.nothingToPaste"));
		return;
	}
	const boxes = placedOn(copied.boxes, image.size);
	add(session, copied.image === image.id ? besideWhenTaken(session, boxes, image.size) : boxes);
}

export function duplicateSelected(session: Session): void {
	const { image } = session.canvas;
	if (!image) return;
	const { boxes } = copiedBoxes(image.id, session.store.selectedAnnotations, session.categories);
	add(session, besideWhenTaken(session, boxes, image.size));
}

export async function copyFromPrevious(session: Session): Promise<void> {
	const { image } = session.canvas;
	const before = session.shown.neighbour(-1);
	if (!image || !before || !(await session.saved())) return;
	const view = await session.tell(session.backend.lookAtImage(before.id));
	if (!view || session.canvas.image?.id !== image.id) return;
	const accepted = view.annotations.filter(({ state }) => state === "accepted");
	if (accepted.length === 0) session.toasts.show("note", t("boxes.noneBefore", { name: before.name }));
	else add(session, placedOn(copiedBoxes(view.id, accepted, session.categories).boxes, image.size));
}

function add(session: Session, boxes: readonly CopiedBox[]): void {
	session.popup = null;
	const made = commitStanding(session, additions(session, boxes));
	if (made.length === 0) return;
	session.store.select(...made.map(({ id }) => id));
	const unknown = boxes.filter(
		({ category }) => category !== null && categoryHere(category, session.categories) === null,
	);
	if (unknown.length > 0) session.toasts.show("note", t("boxes.unknownCategory", { count: unknown.length }));
}

function additions(session: Session, boxes: readonly CopiedBox[]): ChangeSet {
	return boxes.map(({ bbox, category }) => {
		return { kind: "add", id: newUuid(), bbox, category: categoryHere(category, session.categories) };
	});
}

/** The group moved to the nearest place where all of it stands; where it is when there is none. */
function besideWhenTaken(session: Session, boxes: readonly CopiedBox[], size: ImageSize): readonly CopiedBox[] {
	for (const [dx, dy] of [[0, 0] as const, ...offsetsBeside(boxes, size)]) {
		const moved = boxes.map(({ bbox: { x1, y1, x2, y2 }, category }) => {
			return { bbox: { x1: x1 + dx, y1: y1 + dy, x2: x2 + dx, y2: y2 + dy }, category };
		});
		if (session.store.rejectionOf(additions(session, moved)) === null) return moved;
	}
	return boxes;
}

/** Commands that a text field has its own meaning for. */
export const TEXT_COMMANDS = [
	"edit.undo",
	"edit.redo",
	"edit.cut",
	"edit.copy",
	"edit.paste",
	"edit.selectAll",
] as const;
export type TextCommand = (typeof TEXT_COMMANDS)[number];

export function isTextCommand(id: string): id is TextCommand {
	return (TEXT_COMMANDS as readonly string[]).includes(id);
}

/**
 * The native menu takes Ctrl+C and its like from text fields too; there they mean the text, and false says that they
 * mean the boxes after all: in a field without text, or when it is boxes that would be pasted.
 */
export async function editText(session: Session, id: TextCommand): Promise<boolean> {
	const field = document.activeElement;
	if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) || !typesText(field)) return false;
	if (id === "edit.paste") {
		const text = await session.tell(session.backend.readClipboard());
		if (boxesFromText(text) !== null) return false;
		if (text !== null) document.execCommand("insertText", false, text);
		return true;
	}
	if (!holdsText(field)) return false;
	switch (id) {
		case "edit.undo":
		case "edit.redo":
			return document.execCommand(id === "edit.undo" ? "undo" : "redo");
		case "edit.selectAll":
			field.select();
			return true;
		case "edit.copy":
		case "edit.cut": {
			// Fields for numbers do not tell where their selection is; the page does.
			const { selectionStart: start, selectionEnd: end } = field;
			const text = start !== null ? field.value.slice(start, end ?? start) : (getSelection()?.toString() ?? "");
			if (text === "") return true;
			await session.tell(session.backend.writeClipboard(text));
			if (id === "edit.cut") document.execCommand("delete");
			return true;
		}
		default:
			return id satisfies never;
	}
}

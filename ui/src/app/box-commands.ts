// What the user does to the boxes of the open image.

import type { Annotation, AnnotationChange, AnnotationId, CategoryId, ChangeSet } from "../bindings";
import { categoryName, rejectionText, sizeText } from "../features/canvas/describe";
import { categoryNamed, isOpen } from "../geometry/changes";
import { percent, t } from "../shared/messages";
import type { Session } from "./session.svelte";
import { undoAction } from "./undo-action";

/** Makes changes, or says why they break a rule. */
export function commit(session: Session, changes: ChangeSet): boolean {
	const rejection = session.store.commit(changes);
	if (rejection) session.toasts.show("error", rejectionText(rejection));
	return rejection === null;
}

/** Makes those changes that break no rule, as one step, and says how many were left out; returns those made. */
export function commitStanding(session: Session, changes: ChangeSet): ChangeSet {
	const { stand, refused } = session.store.standing(changes);
	session.store.commit(stand);
	if (refused) {
		const count = changes.length - stand.length;
		const reason = rejectionText(refused);
		if (changes.length === 1) session.toasts.show("error", reason);
		else session.toasts.show("note", t("boxes.leftOut", { count, reason }));
	}
	return stand;
}

/** Gives the selected boxes a category, or none. */
export function setCategory(session: Session, category: CategoryId | null): void {
	if (category !== null) session.lastCategory = category;
	// Giving a box what it has already would be an undo step that does nothing.
	const has = (a: Annotation) => a.category === category && a.state === "accepted" && !a.suggestion;
	const changed = session.store.selectedAnnotations.filter((a) => !has(a));
	if (changed.length > 0)
		commitStanding(
			session,
			changed.map(({ id }) => ({ kind: "setCategory", id, category })),
		);
}

/** Adds a category and gives it to a box. */
export async function createAndSet(session: Session, id: AnnotationId, name: string): Promise<void> {
	const change = await session.tell(session.backend.addCategory(name));
	if (!change) return;
	await session.changed(change);
	const category = categoryNamed(name.trim(), change.categories);
	if (category === null) return;
	session.lastCategory = category;
	commit(session, [{ kind: "setCategory", id, category }]);
}

export function removeSelected(session: Session): void {
	session.popup = null;
	if (session.confirmDeletes.value && session.dialog === null) {
		session.dialog = { kind: "deleteBoxes" };
		return;
	}
	commit(
		session,
		session.canvas.selected.map((id) => ({ kind: "remove", id })),
	);
}

/** Deletes one box as its bin does, after a question when deleting is asked about; a proposal is just not accepted. */
export function removeBox(session: Session, { id, state }: Annotation): void {
	if (state === "proposed") {
		commit(session, [{ kind: "remove", id }]);
		return;
	}
	session.store.select(id);
	removeSelected(session);
}

/** Accepts the selected proposals and goes on to the next one, so that A, A, A goes through an image. */
export async function acceptSelected(session: Session): Promise<void> {
	const open = session.store.selectedAnnotations.filter(isOpen);
	const known: ChangeSet = [];
	for (const annotation of open) {
		const label = annotation.category === null ? annotation.suggestion?.label : undefined;
		const unknown = label !== undefined && categoryNamed(label, session.categories) === null;
		// A model may know a category that this project does not have yet.
		if (unknown) await createAndSet(session, annotation.id, label);
		else known.push({ kind: "accept", id: annotation.id });
	}
	if (known.length > 0 && commitStanding(session, known).length === 0) return;
	session.popup = null;
	selectNextOpen(session);
}

export function rejectSelected(session: Session): void {
	session.popup = null;
	const open = session.store.selectedAnnotations.filter(isOpen);
	if (commit(session, open.map(rejection))) selectNextOpen(session);
}

function selectNextOpen(session: Session): void {
	const next = session.canvas.annotations.find(isOpen);
	if (next) session.store.select(next.id);
}

/** No to a proposed box means that there is none; no to a suggested category leaves the box. */
function rejection({ id, state }: Annotation): AnnotationChange {
	return state === "proposed" ? { kind: "remove", id } : { kind: "setCategory", id, category: null };
}

export async function acceptHere(session: Session): Promise<void> {
	await acceptProposals(session, "image", 0);
}

export function rejectHere(session: Session): void {
	commit(session, session.canvas.annotations.filter(isOpen).map(rejection));
}

export async function acceptProposals(
	session: Session,
	where: "image" | "all",
	minScore: number,
	tells = true,
): Promise<void> {
	const id = session.current;
	if ((where === "image" && id === null) || !(await session.saved())) return;
	const images = where === "image" && id !== null ? [id] : null;
	const summary = await session.tell(session.backend.acceptProposals(images, minScore));
	if (!summary) return;
	session.takeAnswers(summary);
	if (session.current !== null && summary.images.includes(session.current)) await session.reload();
	const { accepted, rejected } = summary;
	const undo = undoAction(session);
	if (tells) session.toasts.show("done", t("faces.accepted", { count: accepted }), accepted > 0 ? undo : null);
	const maxOverlap = percent(session.project?.preferences.rules.maxOverlap ?? 0.2);
	if (rejected > 0) session.toasts.show("note", t("faces.notAccepted", { count: rejected, maxOverlap }));
}

/** Selects the next or previous box of the image and says which; false past the last one, unless it `wraps`. */
export function selectNeighbour(session: Session, step: 1 | -1, wraps: boolean): boolean {
	const { annotations, selected } = session.canvas;
	const last = selected.at(-1);
	const from = annotations.findIndex(({ id }) => id === last);
	const start = from >= 0 ? from + step : step > 0 ? 0 : annotations.length - 1;
	const place = wraps ? (start + annotations.length) % annotations.length : start;
	const next = annotations[place];
	if (!next) return false;
	session.popup = null;
	session.store.select(next.id);
	session.editor?.view.reveal(next.bbox);
	const { bbox } = next;
	session.said = t("canvas.selected", {
		number: place + 1,
		count: annotations.length,
		name: isOpen(next) ? t("canvas.tag.proposalPlain") : categoryName(next, session.categories),
		size: sizeText(next),
		x: Math.round(bbox.x1),
		y: Math.round(bbox.y1),
	});
	return true;
}

export function selectAll(session: Session): void {
	session.popup = null;
	session.store.select(...session.canvas.annotations.map(({ id }) => id));
}

// What the user does to the boxes of the open image.

import type { Annotation, AnnotationChange, AnnotationId, BoundingBox, CategoryId } from "../bindings";
import { rejectionText } from "../features/canvas/describe";
import { categoryNamed, isOpen } from "../geometry/changes";
import { percent, t } from "../shared/messages";
import { newUuid } from "../shared/uuid";
import type { Session } from "./session.svelte";

/** Makes changes, or says why they break a rule. */
export function commit(session: Session, changes: AnnotationChange[]): boolean {
	const rejection = session.store.commit(changes);
	if (rejection) session.toasts.show("error", rejectionText(rejection));
	return rejection === null;
}

export function setCategory(session: Session, category: CategoryId | null): void {
	const annotation = session.store.selectedAnnotation;
	if (!annotation) return;
	// Giving a box what it has already would be an undo step that does nothing.
	if (annotation.category === category && annotation.state === "accepted" && !annotation.suggestion) return;
	commit(session, [{ kind: "setCategory", id: annotation.id, category }]);
}

/** Adds a category and gives it to a box. */
export async function createAndSet(session: Session, id: AnnotationId, name: string): Promise<void> {
	const change = await session.tell(session.backend.addCategory(name));
	if (!change) return;
	await session.changed(change);
	const category = categoryNamed(name.trim(), change.categories);
	if (category !== null) commit(session, [{ kind: "setCategory", id, category }]);
}

export function removeSelected(session: Session): void {
	const { selected } = session.canvas;
	if (selected === null) return;
	session.popup = null;
	commit(session, [{ kind: "remove", id: selected }]);
}

/** Accepts the selected proposal and goes on to the next one, so that A, A, A goes through an image. */
export async function acceptSelected(session: Session): Promise<void> {
	const annotation = session.store.selectedAnnotation;
	if (!annotation) return;
	const label = annotation.category === null ? annotation.suggestion?.label : undefined;
	const unknown = label !== undefined && categoryNamed(label, session.categories) === null;
	// A model may know a category that this project does not have yet.
	if (unknown) await createAndSet(session, annotation.id, label);
	else if (!commit(session, [{ kind: "accept", id: annotation.id }])) return;
	session.popup = null;
	const next = session.canvas.annotations.find(isOpen);
	if (next) session.store.select(next.id);
}

export function rejectSelected(session: Session): void {
	const annotation = session.store.selectedAnnotation;
	if (!annotation) return;
	session.popup = null;
	if (!commit(session, [rejection(annotation)])) return;
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

export async function acceptProposals(session: Session, where: "image" | "all", minScore: number): Promise<void> {
	const id = session.current;
	if ((where === "image" && id === null) || !(await session.saved())) return;
	const images = where === "image" && id !== null ? [id] : null;
	const summary = await session.tell(session.backend.acceptProposals(images, minScore));
	if (!summary) return;
	session.replaceRows(summary.rows);
	session.categories = summary.categories;
	session.history = summary.history;
	if (session.current !== null && summary.images.includes(session.current)) await session.reload();
	const { accepted, rejected } = summary;
	const undo = { label: t("toasts.undo"), run: () => void session.dispatch("edit.undo") };
	session.toasts.show("done", t("faces.accepted", { count: accepted }), accepted > 0 ? undo : null);
	const maxOverlap = percent(session.project?.preferences.rules.maxOverlap ?? 0.2);
	if (rejected > 0) session.toasts.show("note", t("faces.notAccepted", { count: rejected, maxOverlap }));
}

/** A new box without a mouse: a quarter of what is in sight, at the first free place from the middle outwards. */
export function addBox(session: Session): void {
	const visible = session.editor?.view.visible;
	if (!visible) return;
	const [width, height] = [(visible.x2 - visible.x1) / 4, (visible.y2 - visible.y1) / 4];
	const places: BoundingBox[] = [0, 1, -1].flatMap((row) =>
		[0, 1, -1].map((column) => {
			const x1 = (visible.x1 + visible.x2 - width) / 2 + column * width * 1.2;
			const y1 = (visible.y1 + visible.y2 - height) / 2 + row * height * 1.2;
			return { x1, y1, x2: x1 + width, y2: y1 + height };
		}),
	);
	const id = newUuid();
	let reason = null;
	for (const bbox of places) {
		reason = session.store.commit([{ kind: "add", id, bbox, category: null }]);
		if (reason) continue;
		session.store.select(id);
		session.popup = id;
		return;
	}
	if (reason) session.toasts.show("error", rejectionText(reason));
}

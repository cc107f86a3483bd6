// What the keys and buttons of the review do.

import { isOpen } from "../geometry/changes";
import { t } from "../shared/messages";
import { acceptProposals, acceptSelected, rejectSelected } from "./box-commands";
import type { Session } from "./session.svelte";
import { undoAction } from "./undo-action";

/** There is a proposal on the screen that waits for an answer. */
export const canAnswerReview = (s: Session) => s.review.annotation !== null && s.dialog === null;
export const hasReviewItem = (s: Session) => s.review.item !== null;

export async function toggleReview(session: Session): Promise<void> {
	if (session.review.on) {
		session.review.stop();
		return;
	}
	session.view = "label";
	await session.review.start();
}

/** Yes to the proposal; what was corrected counts already, so that one only goes on. */
export async function acceptReviewed(session: Session): Promise<void> {
	const { annotation } = session.review;
	if (!annotation) return;
	session.editor?.keys.commitNudge();
	const now = session.store.snapshot.annotations.find(({ id }) => id === annotation.id);
	if (now && !isOpen(now)) {
		session.review.answered(now.id);
		await session.review.next();
		return;
	}
	session.store.select(annotation.id);
	await acceptSelected(session);
}

export function rejectReviewed(session: Session): void {
	const { annotation } = session.review;
	if (!annotation) return;
	session.store.select(annotation.id);
	if (isOpen(annotation)) rejectSelected(session);
	// It was accepted by being moved, and is wrong nonetheless.
	else session.store.commit([{ kind: "remove", id: annotation.id }]);
}

export function fixReviewed(session: Session): void {
	const { annotation } = session.review;
	if (!annotation) return;
	session.store.select(annotation.id);
	session.review.fix();
	session.editor?.takeKeys();
}

/** Yes to all that waits on the image. */
export async function acceptPhoto(session: Session): Promise<void> {
	session.review.hold();
	await acceptProposals(session, "image", 0, false);
	await session.review.next();
}

/** Yes to all that is as sure as this, in the whole project: one step. */
export async function acceptAbove(session: Session, hundredths: number): Promise<void> {
	session.review.hold();
	await acceptProposals(session, "all", hundredths / 100);
	await session.review.next();
}

export async function rejectDuplicates(session: Session): Promise<void> {
	session.review.hold();
	const summary = (await session.saved()) ? await session.tell(session.backend.rejectDuplicates()) : null;
	if (!summary) return session.review.next();
	session.takeAnswers(summary);
	if (session.current !== null && summary.images.includes(session.current)) await session.reload();
	const undo = undoAction(session);
	session.toasts.show("done", t("review.duplicatesRejected", { count: summary.rejected }), undo);
	await session.review.next();
}

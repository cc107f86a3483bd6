// Going to what is left to do: the next image without labels, the next proposal.

import type { ImageRow } from "../bindings";
import { isOpen } from "../geometry/changes";
import { t } from "../shared/messages";
import type { Session } from "./session.svelte";

/** The next image, round the end to the first, that has no boxes or a box without category; selects such a box. */
export async function nextUnlabelled(session: Session): Promise<void> {
	const { currentRow } = session;
	const found = session.shown.nextOf(isLeftToLabel) ?? (currentRow && isLeftToLabel(currentRow) ? currentRow : null);
	if (!found) {
		const hidden = session.rows.some(isLeftToLabel);
		session.toasts.show("done", hidden ? t("find.noneShown") : t("find.allLabelled"));
		return;
	}
	if (found.id !== session.current) await session.open(found.id);
	const first = session.canvas.annotations.find((a) => a.category === null);
	if (first && session.current === found.id) show(session, first.id);
}

function isLeftToLabel({ problem, background, boxes, unlabelled }: ImageRow): boolean {
	return problem === null && !background && (boxes === 0 || unlabelled > 0);
}

/** The proposal after the selected one on this image, or the first one on the next image that has some. */
export async function nextProposal(session: Session): Promise<void> {
	const { annotations, selected } = session.canvas;
	const from = annotations.findIndex(({ id }) => id === selected.at(-1));
	const here = annotations.slice(from + 1).find(isOpen);
	if (here && session.picture.kind === "ready") return show(session, here.id);
	const found = session.shown.nextOf((row) => row.proposals > 0) ?? session.currentRow;
	if (!found || found.proposals === 0) {
		const hidden = session.rows.some((row) => row.proposals > 0);
		session.toasts.show("done", hidden ? t("find.noneShown") : t("find.noProposals"));
		return;
	}
	if (found.id !== session.current) await session.open(found.id);
	const first = session.canvas.annotations.find(isOpen);
	if (first && session.current === found.id) show(session, first.id);
}

function show(session: Session, id: string): void {
	session.popup = null;
	session.store.select(id);
	const found = session.canvas.annotations.find((a) => a.id === id);
	if (found) session.editor?.view.reveal(found.bbox);
}

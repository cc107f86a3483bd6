// The end of the program, from the page's side: nothing that is not saved is lost, and nothing is stopped, unasked.

import { t } from "../shared/messages";
import type { Session } from "./session.svelte";

/** The user wants the program to end: it does, once everything is saved, unless there is something to ask first. */
export async function leave(session: Session): Promise<void> {
	session.editor?.keys.commitNudge();
	const saved = await session.store.settled();
	if (saved && !session.trains && stoppedJobs(session).length === 0) {
		await session.backend.leave();
		return;
	}
	await session.backend.stay();
	if (session.dialog?.kind === "leave") return;
	const { save } = session.canvas;
	const unsaved = saved ? null : save.kind === "failed" ? save.message : "";
	session.dialog = { kind: "leave", unsaved, before: session.dialog };
}

/** Jobs that would be stopped now, in words; a training has a choice of its own. */
export function stoppedJobs(session: Session): readonly string[] {
	return session.jobs.running.map(({ kind }) => t(`jobs.${kind}`));
}

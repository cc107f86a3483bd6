// "Undo" on a message: of the step that the message is about, and of no other.

import { t } from "../shared/messages";
import type { ToastAction } from "../shared/toasts.svelte";
import type { Session } from "./session.svelte";

/** Takes back the step that was just made; offered for as long as it is the newest. */
export function undoAction(session: Session): ToastAction {
	const made = session.history;
	const newest = () => session.history === made;
	const run = async () => {
		// A box that was drawn meanwhile is a newer step as soon as it is saved.
		if ((await session.saved()) && newest()) await session.dispatch("edit.undo");
	};
	return { label: t("toasts.undo"), offered: newest, run: () => void run() };
}

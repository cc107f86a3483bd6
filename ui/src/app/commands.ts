// The one dispatcher: the menu, the toolbar, the keyboard and the tests all come through here.

import type { MenuState } from "../bindings";
import { isBackground } from "../features/images/row-state";
import { textSize } from "../shared/text-size.svelte";
import { theme } from "../shared/theme.svelte";
import { setCategory } from "./box-commands";
import {
	CATEGORY_COMMAND,
	COMMAND_IDS,
	type CommandId,
	DETECTOR_COMMAND,
	isCommandId,
	RECENT_COMMAND,
} from "./command-ids";
import { COMMANDS, hasSelection } from "./command-table";
import { editText, isTextCommand, TEXT_COMMANDS } from "./copy-commands";
import { openRecent } from "./file-commands";
import { onlyLooks } from "./looking-commands";
import type { Session } from "./session.svelte";

export function isPossible(session: Session, id: CommandId): boolean {
	if (session.project?.readOnly && !onlyLooks(id)) return false;
	return COMMANDS[id].possible?.(session) ?? true;
}

/** What the native menu bar shows: hardly anything makes sense behind a dialog. */
export function menuState(session: Session): MenuState {
	const usable = session.detectors.filter(({ problem }) => problem === null).map(({ id }) => DETECTOR_COMMAND + id);
	const open = session.dialog !== null;
	const enabled = COMMAND_IDS.filter((id) => (!open || COMMANDS[id].anytime) && isPossible(session, id));
	const view = session.view === "guide" ? "help.guide" : `view.${session.view}`;
	const recent = session.recent.filter(({ missing }) => !missing).map(({ path }) => RECENT_COMMAND + path);
	const checked = [
		view,
		`view.theme.${theme.value}`,
		`view.textSize.${textSize.value}`,
		DETECTOR_COMMAND + session.detector.value,
	];
	if (session.sidebars.value) checked.push("view.sidebar");
	if (session.review.on) checked.push("view.review");
	// Disabled entries would keep the keys of copy and paste from a text field.
	const texts = session.typing ? TEXT_COMMANDS : [];
	if (session.currentRow && isBackground(session.currentRow)) checked.push("edit.background");
	return {
		enabled: [...enabled, ...texts, ...(open ? [] : [...usable, ...recent])],
		checked,
		history: session.history,
	};
}

/** Does what the id stands for; false when it is unknown or makes no sense now. */
export async function dispatch(session: Session, id: string): Promise<boolean> {
	if (id.startsWith(CATEGORY_COMMAND)) {
		const category = id.slice(CATEGORY_COMMAND.length);
		if (!hasSelection(session) || session.project?.readOnly || !session.categories.some((c) => c.id === category))
			return false;
		setCategory(session, category);
		return true;
	}
	if (id.startsWith(DETECTOR_COMMAND)) {
		const detector = session.detectors.find((d) => d.id === id.slice(DETECTOR_COMMAND.length));
		if (!detector || detector.problem !== null) return false;
		session.detector.value = detector.id;
		return true;
	}
	if (id.startsWith(RECENT_COMMAND) && session.dialog === null) {
		await openRecent(session, id.slice(RECENT_COMMAND.length));
		return true;
	}
	if (!isCommandId(id)) return false;
	if (isTextCommand(id) && (await editText(session, id))) return true;
	// A dialog stops the work: the native menu can still be reached behind it.
	if ((session.dialog !== null && !COMMANDS[id].anytime) || !isPossible(session, id)) return false;
	session.editor?.keys.commitNudge();
	await COMMANDS[id].run(session);
	return true;
}

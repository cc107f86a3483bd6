// Every key of the main window: shortcuts.json says which command, and the native menu takes its accelerators from
// the same file (src-tauri/src/shortcuts.rs). In the real window the native menu bar handles the keys with Ctrl and
// the function keys; in a browser the page does. Plain keys are the page's everywhere.

import en from "../messages/en.json";
import type { KeyCombination } from "../shared/keys";
import type { MessageKey } from "../shared/messages";
import { type CommandId, isCommandId } from "./command-ids";
import table from "./shortcuts.json";

export type Shortcut = {
	readonly keys: readonly KeyCombination[];
	/** `file.quit` is the window's own, not a command of the page. */
	readonly command: CommandId | "file.quit";
};

export const SHORTCUTS: readonly Shortcut[] = table.flatMap(({ command, keys }) =>
	command === "file.quit" || isCommandId(command) ? [{ keys, command }] : [],
);

/** Texts of commands that stand in no menu. */
const TEXTS: Partial<Record<string, MessageKey>> = {
	"tool.draw": "tool.draw",
	"tool.select": "tool.select",
	"box.acceptHere": "shortcuts.acceptHere",
};

/** What a command is called in the list of shortcuts. */
export function shortcutText(command: Shortcut["command"]): MessageKey | undefined {
	const menu = `menu.${command}`;
	return TEXTS[command] ?? (menu in en ? (menu as MessageKey) : undefined);
}

/** Whether the native menu handles this key, where there is one. */
export function isNativeKey(key: KeyCombination): boolean {
	return key.startsWith("Ctrl+") || /^F\d+$/.test(key);
}

/** Keys and gestures that are no single command, for the list of shortcuts. */
export const GESTURES: readonly { keys: readonly KeyCombination[]; text: MessageKey }[] = [
	{ keys: ["ArrowLeft", "ArrowRight"], text: "shortcuts.neighbours" },
	{ keys: ["Tab", "Shift+Tab"], text: "shortcuts.boxes" },
	{ keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], text: "shortcuts.nudge" },
	{ keys: ["Alt+ArrowRight", "Alt+ArrowDown"], text: "shortcuts.resize" },
	{ keys: ["1", "9"], text: "shortcuts.category" },
	{ keys: ["0"], text: "shortcuts.noCategory" },
	{ keys: ["Shift"], text: "shortcuts.joins" },
	{ keys: [], text: "shortcuts.band" },
	{ keys: [], text: "shortcuts.wheel" },
	{ keys: ["Space"], text: "shortcuts.pan" },
	{ keys: ["Escape"], text: "shortcuts.escape" },
	{ keys: ["B", "ArrowRight"], text: "shortcuts.cross" },
	{ keys: ["Enter", "Shift+ArrowRight"], text: "shortcuts.span" },
	{ keys: ["Ctrl+ArrowRight"], text: "shortcuts.fine" },
	{ keys: ["A", "X", "E", "P"], text: "shortcuts.review" },
	{ keys: ["Shift+A"], text: "shortcuts.reviewPhoto" },
];

/** Keys of the review, while it is on: there they go before the same keys' other meanings. */
export const REVIEW_KEYS: Readonly<Record<string, KeyCombination>> = {
	"review.accept": "A",
	"review.reject": "X",
	"review.fix": "E",
	"review.later": "P",
	"review.acceptPhoto": "Shift+A",
};

/** The key to show beside a command. */
export function shortcutOf(command: CommandId): KeyCombination | undefined {
	return SHORTCUTS.find((shortcut) => shortcut.command === command)?.keys[0];
}

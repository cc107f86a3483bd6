// Every key of the main window. The native menu bar takes those with Ctrl in the real window; the page takes them in
// a browser, and the plain keys everywhere.

import type { KeyCombination } from "../shared/keys";
import type { MessageKey } from "../shared/messages";
import type { CommandId } from "./command-ids";

export type Shortcut = {
	readonly keys: readonly KeyCombination[];
	readonly command: CommandId;
	readonly text: MessageKey;
	/** Also an accelerator of the native menu. */
	readonly native?: boolean;
};

export const SHORTCUTS: readonly Shortcut[] = [
	{ keys: ["Ctrl+N"], command: "file.new", text: "menu.file.new", native: true },
	{ keys: ["Ctrl+O"], command: "file.open", text: "menu.file.open", native: true },
	{ keys: ["Ctrl+Shift+O"], command: "file.addFolder", text: "menu.file.addFolder", native: true },
	{ keys: ["Ctrl+E"], command: "file.crop", text: "menu.file.crop", native: true },
	{ keys: ["PageUp"], command: "file.previous", text: "menu.file.previous" },
	{ keys: ["PageDown"], command: "file.next", text: "menu.file.next" },
	{ keys: ["Ctrl+Z"], command: "edit.undo", text: "menu.edit.undo", native: true },
	{ keys: ["Ctrl+Shift+Z"], command: "edit.redo", text: "menu.edit.redo", native: true },
	{ keys: ["Delete", "Backspace"], command: "edit.delete", text: "menu.edit.delete" },
	{ keys: ["D"], command: "tool.draw", text: "tool.draw" },
	{ keys: ["S"], command: "tool.select", text: "tool.select" },
	{ keys: ["N"], command: "box.add", text: "boxes.add" },
	{ keys: ["Enter"], command: "box.edit", text: "menu.box.edit" },
	{ keys: ["A"], command: "box.accept", text: "menu.box.accept" },
	{ keys: ["Shift+A"], command: "box.acceptHere", text: "shortcuts.acceptHere" },
	{ keys: ["Ctrl+Shift+N"], command: "categories.add", text: "menu.categories.add", native: true },
	{ keys: ["Ctrl+="], command: "view.zoomIn", text: "menu.view.zoomIn", native: true },
	{ keys: ["+"], command: "view.zoomIn", text: "menu.view.zoomIn" },
	{ keys: ["Ctrl+-"], command: "view.zoomOut", text: "menu.view.zoomOut", native: true },
	{ keys: ["-"], command: "view.zoomOut", text: "menu.view.zoomOut" },
	{ keys: ["Ctrl+0"], command: "view.fit", text: "menu.view.fit", native: true },
	{ keys: ["F"], command: "view.fit", text: "menu.view.fit" },
	{ keys: ["Ctrl+1"], command: "view.actual", text: "menu.view.actual", native: true },
	{ keys: ["Ctrl+B"], command: "view.sidebar", text: "menu.view.sidebar", native: true },
	{ keys: ["Ctrl+D"], command: "model.detectImage", text: "menu.model.detectImage", native: true },
	{ keys: ["Ctrl+Shift+D"], command: "model.detectAll", text: "menu.model.detectAll", native: true },
	{ keys: ["Ctrl+Shift+A"], command: "model.acceptAll", text: "menu.model.acceptAll", native: true },
	{ keys: ["Ctrl+T"], command: "model.train", text: "menu.model.train", native: true },
	{ keys: ["Ctrl+K"], command: "model.classify", text: "menu.model.classify", native: true },
	{ keys: ["Ctrl+L"], command: "model.live", text: "menu.model.live", native: true },
	{ keys: ["F1"], command: "help.shortcuts", text: "menu.help.shortcuts", native: true },
	{ keys: ["?"], command: "help.shortcuts", text: "menu.help.shortcuts" },
];

/** Keys that are no single command, for the list of shortcuts. */
export const GESTURES: readonly { keys: readonly KeyCombination[]; text: MessageKey }[] = [
	{ keys: ["ArrowLeft", "ArrowRight"], text: "shortcuts.neighbours" },
	{ keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], text: "shortcuts.nudge" },
	{ keys: ["Alt+ArrowRight", "Alt+ArrowDown"], text: "shortcuts.resize" },
	{ keys: ["1", "9"], text: "shortcuts.category" },
	{ keys: ["0"], text: "shortcuts.noCategory" },
	{ keys: ["Space"], text: "shortcuts.pan" },
	{ keys: ["Escape"], text: "shortcuts.escape" },
];

/** The key to show beside a command. */
export function shortcutOf(command: CommandId): KeyCombination | undefined {
	return SHORTCUTS.find((shortcut) => shortcut.command === command)?.keys[0];
}

// Which commands change the project: none of them makes sense in one that was opened for looking only.

import type { CommandId } from "./command-ids";

const CHANGING: ReadonlySet<CommandId> = new Set([
	"import.file",
	"import.folder",
	"file.addFolder",
	"file.openImage",
	"file.locate",
	"file.destinations",
	"edit.undo",
	"edit.redo",
	"edit.cut",
	"edit.paste",
	"edit.duplicate",
	"edit.copyPrevious",
	"edit.background",
	"edit.delete",
	"categories.add",
	"categories.replace",
	"categories.import",
	"model.detectImage",
	"model.detectAll",
	"model.acceptAll",
	"model.classify",
	"tool.draw",
	"box.add",
	"box.sameAsLast",
	"box.none",
	"box.edit",
	"box.delete",
	"box.accept",
	"box.acceptHere",
	"box.reject",
	"box.rejectHere",
	"box.classify",
]);

export function changesProject(id: CommandId): boolean {
	return CHANGING.has(id);
}

// The names of everything the user can do. Menu entries, buttons, keys and tests all send one of these.

export const COMMAND_IDS = [
	"file.new",
	"file.open",
	"file.addFolder",
	"file.openImage",
	"file.sample",
	"file.previous",
	"file.next",
	"file.crop",
	"edit.undo",
	"edit.redo",
	"edit.cut",
	"edit.copy",
	"edit.paste",
	"edit.duplicate",
	"edit.delete",
	"edit.selectAll",
	"edit.copyPrevious",
	"edit.background",
	"categories.add",
	"categories.replace",
	"view.fit",
	"view.actual",
	"view.zoomIn",
	"view.zoomOut",
	"view.nextUnlabelled",
	"view.nextProposal",
	"view.label",
	"view.train",
	"view.annotations",
	"view.theme",
	"view.theme.system",
	"view.theme.light",
	"view.theme.dark",
	"view.textSize.100",
	"view.textSize.125",
	"view.textSize.150",
	"view.textSize.200",
	"view.sidebar",
	"model.detectImage",
	"model.detectAll",
	"model.acceptAll",
	"model.train",
	"model.load",
	"model.save",
	"model.classify",
	"model.live",
	"help.shortcuts",
	"help.guide",
	"help.log",
	"help.about",
	"tool.draw",
	"tool.select",
	"box.add",
	"box.next",
	"box.previous",
	"box.sameAsLast",
	"box.none",
	"box.edit",
	"box.delete",
	"box.accept",
	"box.acceptHere",
	"box.reject",
	"box.rejectHere",
	"box.classify",
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

/** The ids that carry the category: `box.category:<uuid>`. */
export const CATEGORY_COMMAND = "box.category:";

/** The ids that choose a detector: `detector:<id>`. */
export const DETECTOR_COMMAND = "detector:";

export function isCommandId(id: string): id is CommandId {
	return (COMMAND_IDS as readonly string[]).includes(id);
}

// The one dispatcher: the menu, the toolbar, the keyboard and the tests all come through here.

import type { MenuState } from "../bindings";
import { isOpen } from "../geometry/changes";
import { holdsText } from "../shared/keys";
import { t } from "../shared/messages";
import { theme } from "../shared/theme.svelte";
import {
	acceptHere,
	acceptSelected,
	addBox,
	rejectHere,
	rejectSelected,
	removeSelected,
	setCategory,
} from "./box-commands";
import { CATEGORY_COMMAND, COMMAND_IDS, type CommandId, DETECTOR_COMMAND, isCommandId } from "./command-ids";
import { classify, detect, travel } from "./job-commands";
import { addFolder, openImageFile, openNeighbour, openProject } from "./project-commands";
import type { Session } from "./session.svelte";

type Command = {
	/** Whether it makes sense now; always, when left out. */
	readonly possible?: (session: Session) => boolean;
	readonly run: (session: Session) => unknown;
	/** Also behind a dialog, whose work it does not touch. */
	readonly anytime?: boolean;
};

const hasProject = (s: Session) => s.project !== null;
const hasImage = (s: Session) => s.view === "label" && s.picture.kind === "ready";
const hasSelection = (s: Session) => hasImage(s) && s.canvas.selected !== null;
const proposalsHere = (s: Session) => hasImage(s) && s.canvas.annotations.some(isOpen);
const canZoom = (s: Session) => hasImage(s) && s.editor !== null;
const canAnswer = (s: Session) => {
	const selected = hasSelection(s) ? s.store.selectedAnnotation : null;
	return selected !== null && isOpen(selected);
};

const COMMANDS: Record<CommandId, Command> = {
	"file.new": { run: (s) => openProject(s, s.backend.createProject()) },
	"file.open": { run: (s) => openProject(s, s.backend.openProject()) },
	"file.sample": { run: (s) => s.jobs.run("sample", () => openProject(s, s.backend.openSample())) },
	"file.addFolder": { run: addFolder },
	"file.openImage": { run: openImageFile },
	"file.previous": { possible: (s) => s.position > 0, run: (s) => openNeighbour(s, -1) },
	"file.next": { possible: (s) => s.position >= 0 && s.position < s.rows.length - 1, run: (s) => openNeighbour(s, 1) },
	"file.crop": {
		possible: hasProject,
		run: (s) => {
			s.dialog = { kind: "crop" };
		},
	},
	"edit.undo": { possible: (s) => s.history.undo !== null || !s.store.idle, run: (s) => travel(s, "undo") },
	"edit.redo": { possible: (s) => s.history.redo !== null, run: (s) => travel(s, "redo") },
	"edit.delete": { possible: hasSelection, run: removeSelected },
	"categories.add": {
		possible: hasProject,
		run: (s) => {
			s.dialog = { kind: "addCategory" };
		},
	},
	"categories.replace": {
		possible: (s) => s.categories.length > 0,
		run: (s) => {
			s.dialog = { kind: "replaceCategory" };
		},
	},
	"view.fit": { possible: canZoom, run: (s) => s.editor?.view.fit() },
	"view.actual": { possible: canZoom, run: (s) => s.editor?.view.actualSize() },
	"view.zoomIn": { possible: canZoom, run: (s) => s.editor?.view.zoom("in") },
	"view.zoomOut": { possible: canZoom, run: (s) => s.editor?.view.zoom("out") },
	"view.label": {
		run: (s) => {
			s.view = "label";
		},
	},
	"view.train": {
		run: (s) => {
			s.view = "train";
		},
	},
	"view.theme": { run: () => theme.next() },
	"view.theme.system": { anytime: true, run: () => theme.choose("system") },
	"view.theme.light": { anytime: true, run: () => theme.choose("light") },
	"view.theme.dark": { anytime: true, run: () => theme.choose("dark") },
	"view.sidebar": {
		run: (s) => {
			s.sidebars.value = !s.sidebars.value;
		},
	},
	"model.detectImage": { possible: hasImage, run: (s) => detect(s, "image") },
	"model.detectAll": { possible: (s) => s.rows.length > 0, run: (s) => detect(s, "all") },
	"model.acceptAll": {
		possible: (s) => s.rows.some((row) => row.proposals > 0),
		run: (s) => {
			s.dialog = { kind: "acceptAll" };
		},
	},
	"model.train": {
		run: (s) => {
			s.view = "train";
		},
	},
	"model.load": { run: (s) => s.tell(s.backend.loadModel()) },
	"model.save": {
		possible: (s) => s.model !== null,
		run: async (s) => {
			const path = await s.tell(s.backend.saveModel());
			if (path !== null) s.toasts.show("done", t("model.saved", { path }));
		},
	},
	"model.classify": { possible: (s) => s.model !== null && s.picture.kind === "ready", run: classify },
	"model.live": { run: (s) => s.tell(s.backend.openLive()) },
	"help.shortcuts": {
		run: (s) => {
			s.dialog = { kind: "shortcuts" };
		},
	},
	"help.about": {
		run: (s) => {
			s.dialog = { kind: "about" };
		},
	},
	"tool.draw": {
		possible: canZoom,
		run: (s) => {
			if (s.editor) s.editor.tool = "draw";
		},
	},
	"tool.select": {
		possible: canZoom,
		run: (s) => {
			if (s.editor) s.editor.tool = "select";
		},
	},
	"box.add": { possible: canZoom, run: addBox },
	"box.none": { possible: hasSelection, run: (s) => setCategory(s, null) },
	"box.edit": {
		possible: hasSelection,
		run: (s) => {
			s.popup = s.canvas.selected;
		},
	},
	"box.delete": { possible: hasSelection, run: removeSelected },
	"box.reject": { possible: canAnswer, run: rejectSelected },
	"box.accept": { possible: canAnswer, run: acceptSelected },
	"box.acceptHere": { possible: proposalsHere, run: acceptHere },
	"box.rejectHere": { possible: proposalsHere, run: rejectHere },
	"box.classify": { possible: (s) => s.model !== null && s.picture.kind === "ready", run: classify },
};

export function isPossible(session: Session, id: CommandId): boolean {
	return COMMANDS[id].possible?.(session) ?? true;
}

/** What the native menu bar shows: hardly anything makes sense behind a dialog. */
export function menuState(session: Session): MenuState {
	const usable = session.detectors.filter(({ problem }) => problem === null).map(({ id }) => DETECTOR_COMMAND + id);
	const open = session.dialog !== null;
	const enabled = COMMAND_IDS.filter((id) => (!open || COMMANDS[id].anytime) && isPossible(session, id));
	const view: CommandId = `view.${session.view}`;
	const checked = [view, `view.theme.${theme.value}`, DETECTOR_COMMAND + session.detector.value];
	if (session.sidebars.value) checked.push("view.sidebar");
	return { enabled: open ? enabled : [...enabled, ...usable], checked, history: session.history };
}

/** Does what the id stands for; false when it is unknown or makes no sense now. */
export async function dispatch(session: Session, id: string): Promise<boolean> {
	if (id.startsWith(CATEGORY_COMMAND)) {
		const category = id.slice(CATEGORY_COMMAND.length);
		if (!hasSelection(session) || !session.categories.some((c) => c.id === category)) return false;
		setCategory(session, category);
		return true;
	}
	if (id.startsWith(DETECTOR_COMMAND)) {
		const detector = session.detectors.find((d) => d.id === id.slice(DETECTOR_COMMAND.length));
		if (!detector || detector.problem !== null) return false;
		session.detector.value = detector.id;
		return true;
	}
	if (!isCommandId(id)) return false;
	if (undoesText(id)) return true;
	// A dialog stops the work: the native menu can still be reached behind it.
	if ((session.dialog !== null && !COMMANDS[id].anytime) || !isPossible(session, id)) return false;
	session.editor?.commitNudge();
	await COMMANDS[id].run(session);
	return true;
}

/** The native menu takes Ctrl+Z from text fields too; there it means the text. */
function undoesText(id: CommandId): boolean {
	if ((id !== "edit.undo" && id !== "edit.redo") || !holdsText(document.activeElement)) return false;
	return document.execCommand(id === "edit.undo" ? "undo" : "redo");
}

// What each command does, and when it makes sense.

import type { Editor } from "../features/canvas/editor";
import { isOpen } from "../geometry/changes";
import { t } from "../shared/messages";
import { type TextSize, textSize } from "../shared/text-size.svelte";
import { theme } from "../shared/theme.svelte";
import {
	acceptHere,
	acceptSelected,
	rejectHere,
	rejectSelected,
	removeSelected,
	selectAll,
	selectNeighbour,
	setCategory,
} from "./box-commands";
import type { CommandId } from "./command-ids";
import { copyFromPrevious, copySelected, cutSelected, duplicateSelected, paste } from "./copy-commands";
import type { PlainDialog } from "./dialogs";
import { exportAnnotations, exportCategories, planCategoryImport, planImport } from "./exchange-commands";
import { backUp, locate, saveAs, saveResized } from "./file-commands";
import { nextProposal, nextUnlabelled } from "./find-commands";
import { detect, travel } from "./job-commands";
import { classify, loadModel } from "./model-commands";
import { addFolder, openImageFile, openNeighbour, openProject, toggleBackground } from "./project-commands";
import {
	acceptPhoto,
	acceptReviewed,
	canAnswerReview,
	fixReviewed,
	hasReviewItem,
	rejectReviewed,
	toggleReview,
} from "./review-commands";
import type { Session } from "./session.svelte";
import { deleteChosen, hasChosenRows } from "./table-commands";

type Command = {
	/** Whether it makes sense now; always, when left out. */
	readonly possible?: (session: Session) => boolean;
	readonly run: (session: Session) => unknown;
	/** Also behind a dialog, whose work it does not touch. */
	readonly anytime?: boolean;
};

const hasProject = (s: Session) => s.project !== null;
const hasImage = (s: Session) => s.view === "label" && s.picture.kind === "ready";
const canClassify = (s: Session) => s.model !== null && s.picture.kind === "ready";
export const hasSelection = (s: Session) => hasImage(s) && s.canvas.selected.length > 0;
const hasBoxes = (s: Session) => hasImage(s) && s.canvas.annotations.length > 0;
const proposalsHere = (s: Session) => hasImage(s) && s.canvas.annotations.some(isOpen);
const canZoom = (s: Session) => hasImage(s) && s.editor !== null;
const canAnswer = (s: Session) => hasSelection(s) && s.store.selectedAnnotations.some(isOpen);

const write = (size: TextSize) => {
	textSize.value = size;
};
const dialog = (kind: PlainDialog) => (s: Session) => {
	s.dialog = { kind };
};
const view = (name: Session["view"]) => (s: Session) => {
	s.view = name;
};
const tool = (name: Editor["tool"]) => (s: Session) => {
	if (s.editor) s.editor.tool = name;
};

export const COMMANDS: Record<CommandId, Command> = {
	"file.new": { run: (s) => openProject(s, () => s.backend.createProject()) },
	"file.open": { run: (s) => openProject(s, () => s.backend.openProject()) },
	"file.sample": { run: (s) => s.jobs.run("sample", () => openProject(s, () => s.backend.openSample())) },
	"file.addFolder": { run: addFolder },
	"file.openImage": { run: openImageFile },
	"file.previous": { possible: (s) => s.shown.neighbour(-1) !== null, run: (s) => openNeighbour(s, -1) },
	"file.next": { possible: (s) => s.shown.neighbour(1) !== null, run: (s) => openNeighbour(s, 1) },
	"file.crop": { possible: hasProject, run: dialog("crop") },
	"file.autocrop": { run: (s) => s.folderJobs.open("autocrop") },
	"file.unprocessed": { run: (s) => s.folderJobs.open("unprocessed") },
	"import.file": { possible: hasProject, run: (s) => planImport(s, false) },
	"import.folder": { possible: hasProject, run: (s) => planImport(s, true) },
	"export.paper": { possible: hasProject, run: (s) => exportAnnotations(s, "paper") },
	"export.coco": { possible: hasProject, run: (s) => exportAnnotations(s, "coco") },
	"export.voc": { possible: hasProject, run: (s) => exportAnnotations(s, "voc") },
	"export.yolo": { possible: hasProject, run: (s) => exportAnnotations(s, "yolo") },
	"export.labelme": { possible: hasProject, run: (s) => exportAnnotations(s, "labelme") },
	// Excel reads a CSV as UTF-8 only with the mark; some older scripts take the mark for a part of the first name.
	"export.csv": { possible: hasProject, run: (s) => exportAnnotations(s, "csv", true) },
	"export.csvPlain": { possible: hasProject, run: (s) => exportAnnotations(s, "csv") },
	"export.xlsx": { possible: hasProject, run: (s) => exportAnnotations(s, "xlsx") },
	"file.saveAs": { possible: hasProject, run: saveAs },
	"file.backup": { possible: hasProject, run: backUp },
	"file.locate": { possible: hasProject, run: locate },
	"file.destinations": { possible: hasProject, run: dialog("destinations") },
	"file.saveResized": { possible: (s) => s.destinations.length > 0, run: saveResized },
	"file.preferences": { run: dialog("preferences") },
	"edit.undo": {
		possible: (s) => s.history.undo !== null || !s.store.idle,
		run: (s) => travel(s, "undo").then(() => s.review.travelled()),
	},
	"edit.redo": {
		possible: (s) => s.history.redo !== null,
		run: (s) => travel(s, "redo").then(() => s.review.travelled()),
	},
	"edit.cut": { possible: hasSelection, run: cutSelected },
	"edit.copy": { possible: hasSelection, run: copySelected },
	"edit.paste": { possible: hasImage, run: paste },
	"edit.duplicate": { possible: hasSelection, run: duplicateSelected },
	"edit.selectAll": {
		possible: (s) => hasBoxes(s) || s.view === "annotations",
		run: (s) => (s.view === "annotations" ? s.table.chooseAll() : selectAll(s)),
	},
	"edit.copyPrevious": { possible: (s) => hasImage(s) && s.shown.neighbour(-1) !== null, run: copyFromPrevious },
	"edit.background": {
		possible: (s) => s.currentRow !== null && s.currentRow.problem === null && s.currentRow.boxes === 0,
		run: toggleBackground,
	},
	"edit.delete": {
		possible: (s) => hasSelection(s) || hasChosenRows(s),
		run: (s) => (s.view === "annotations" ? deleteChosen(s) : removeSelected(s)),
	},
	"categories.add": { possible: hasProject, run: dialog("addCategory") },
	"categories.replace": { possible: (s) => s.categories.length > 0, run: dialog("replaceCategory") },
	"categories.showAll": { possible: hasProject, run: dialog("allCategories") },
	"categories.import": { possible: hasProject, run: planCategoryImport },
	"categories.export.json": { possible: (s) => s.categories.length > 0, run: (s) => exportCategories(s, "json") },
	"categories.export.csv": { possible: (s) => s.categories.length > 0, run: (s) => exportCategories(s, "csv") },
	"categories.export.xlsx": { possible: (s) => s.categories.length > 0, run: (s) => exportCategories(s, "xlsx") },
	"view.fit": { possible: canZoom, run: (s) => s.editor?.view.fit() },
	"view.actual": { possible: canZoom, run: (s) => s.editor?.view.actualSize() },
	"view.zoomIn": { possible: canZoom, run: (s) => s.editor?.view.zoom("in") },
	"view.zoomOut": { possible: canZoom, run: (s) => s.editor?.view.zoom("out") },
	"view.nextUnlabelled": { possible: (s) => s.rows.length > 0, run: (s) => inLabelView(s, nextUnlabelled) },
	"view.nextProposal": {
		possible: (s) => s.totals.proposals > 0,
		run: (s) => inLabelView(s, nextProposal),
	},
	"view.review": { possible: (s) => s.rows.length > 0, run: toggleReview },
	"view.label": { run: view("label") },
	"view.train": { run: view("train") },
	"view.runs": {
		possible: hasProject,
		run: (s) => {
			s.runs.back();
			s.view = "runs";
		},
	},
	"view.annotations": {
		possible: hasProject,
		run: async (s) => {
			if (await s.saved()) s.view = "annotations";
		},
	},
	"view.theme": { run: () => theme.next() },
	"view.theme.system": { anytime: true, run: () => theme.choose("system") },
	"view.theme.light": { anytime: true, run: () => theme.choose("light") },
	"view.theme.dark": { anytime: true, run: () => theme.choose("dark") },
	"view.textSize.100": { anytime: true, run: () => write(100) },
	"view.textSize.125": { anytime: true, run: () => write(125) },
	"view.textSize.150": { anytime: true, run: () => write(150) },
	"view.textSize.200": { anytime: true, run: () => write(200) },
	"view.sidebar": {
		run: (s) => {
			s.sidebars.value = !s.sidebars.value;
		},
	},
	"model.detectImage": { possible: hasImage, run: (s) => detect(s, "image") },
	"model.detectAll": { possible: (s) => s.rows.length > 0, run: (s) => detect(s, "all") },
	"model.detectAgain": { possible: (s) => s.rows.length > 0, run: (s) => detect(s, "all", true) },
	"model.detectWith": { possible: (s) => s.rows.length > 0, run: dialog("detect") },
	"model.acceptAll": { possible: (s) => s.totals.proposals > 0, run: dialog("acceptAll") },
	"model.train": { run: view("train") },
	"model.load": { run: loadModel },
	"model.save": {
		possible: (s) => s.model !== null,
		run: async (s) => {
			const path = await s.tell(s.backend.saveModel());
			if (path !== null) s.toasts.show("done", t("model.saved", { path }));
		},
	},
	"model.classify": { possible: canClassify, run: (s) => classify(s, "image") },
	"model.classifyAll": { possible: (s) => s.model !== null && s.rows.length > 0, run: (s) => classify(s, "all") },
	"model.live": { run: (s) => s.tell(s.backend.openLive()) },
	"help.shortcuts": { run: dialog("shortcuts") },
	"help.guide": { run: view("guide") },
	"help.log": { run: (s) => s.tell(s.backend.openLogFolder()) },
	"help.about": { run: dialog("about") },
	"tool.draw": { possible: canZoom, run: tool("draw") },
	"tool.select": { possible: canZoom, run: tool("select") },
	"box.add": { possible: canZoom, run: drawWithKeys },
	"box.next": { possible: hasBoxes, run: (s) => selectNeighbour(s, 1, true) },
	"box.previous": { possible: hasBoxes, run: (s) => selectNeighbour(s, -1, true) },
	"box.sameAsLast": {
		possible: (s) => hasSelection(s) && s.categories.some(({ id }) => id === s.lastCategory),
		run: (s) => setCategory(s, s.lastCategory),
	},
	"box.none": { possible: hasSelection, run: (s) => setCategory(s, null) },
	"box.edit": {
		possible: (s) => hasImage(s) && s.canvas.selected.length === 1,
		run: (s) => {
			s.popup = s.canvas.selected[0] ?? null;
		},
	},
	"box.delete": { possible: hasSelection, run: removeSelected },
	"box.reject": { possible: canAnswer, run: rejectSelected },
	"box.accept": { possible: canAnswer, run: acceptSelected },
	"box.acceptHere": { possible: proposalsHere, run: acceptHere },
	"box.rejectHere": { possible: proposalsHere, run: rejectHere },
	"box.classify": { possible: canClassify, run: (s) => classify(s, "image") },
	"review.accept": { possible: canAnswerReview, run: acceptReviewed },
	"review.reject": { possible: canAnswerReview, run: rejectReviewed },
	"review.fix": { possible: canAnswerReview, run: fixReviewed },
	"review.later": { possible: hasReviewItem, run: (s) => s.review.later() },
	"review.acceptPhoto": { possible: canAnswerReview, run: acceptPhoto },
};

function inLabelView(session: Session, find: (session: Session) => Promise<void>): Promise<void> {
	session.view = "label";
	return find(session);
}

function drawWithKeys(session: Session): void {
	session.popup = null;
	session.editor?.drawWithKeys();
}

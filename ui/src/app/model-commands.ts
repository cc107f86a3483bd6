// Models: loading one, saying what one of another program does not, asking it, and the labels that it brings.

import type { ClassifySummary, ForeignAnswers } from "../bindings";
import { categoryNamed } from "../geometry/changes";
import { t } from "../shared/messages";
import { showProblems } from "./job-commands";
import type { Session } from "./session.svelte";

/** Loads a model that the user chooses; of one that another program made it asks for what the file does not say. */
export async function loadModel(session: Session): Promise<void> {
	const chosen = await session.tell(session.backend.loadModel());
	if (chosen?.kind === "foreign") session.dialog = { kind: "foreignModel", facts: chosen.facts };
	else if (chosen) offerLabels(session, chosen.model.labels);
}

export async function describeModel(session: Session, answers: ForeignAnswers): Promise<void> {
	const model = await session.tell(session.backend.describeModel(answers));
	if (!model) return;
	session.dialog = null;
	offerLabels(session, model.labels);
}

/** The labels that are no category of the open project. */
export function unknownLabels(session: Session, labels: readonly string[]): string[] {
	if (!session.project || session.project.readOnly) return [];
	return labels.filter((label) => categoryNamed(label, session.categories) === null);
}

/** Labels are matched to categories by name; what is left is offered, and never taken for another one. */
function offerLabels(session: Session, labels: readonly string[]): void {
	const unknown = unknownLabels(session, labels);
	if (unknown.length === 0) return;
	const add = { label: t("model.addLabels", { count: unknown.length }), run: () => void addLabels(session, unknown) };
	session.toasts.show("note", t("model.unknownLabels", { labels: unknown.join(", "), count: unknown.length }), add);
}

/** Makes a category of each label. */
export async function addLabels(session: Session, labels: readonly string[]): Promise<void> {
	for (const label of labels) {
		const change = await session.tell(session.backend.addCategory(label));
		if (!change) return;
		await session.changed(change);
	}
}

/** Asks the model about the boxes without a category, on the open image or on all. */
export async function classify(session: Session, where: "image" | "all"): Promise<void> {
	const id = session.current;
	if ((where === "image" && id === null) || !(await session.saved())) return;
	const images = where === "image" && id !== null ? [id] : null;
	await session.jobs.run("classify", async () => {
		const summary = await session.tell(session.backend.classifyImages(images));
		if (!summary) return;
		session.view = "label";
		session.history = summary.history;
		await session.reload();
		tell(session, summary, where);
		if (where === "all" && summary.boxes > 0) {
			// What the model is least sure of teaches most.
			session.shown.order = "doubt";
			session.shown.sort();
		}
		const first = session.canvas.annotations.find((a) => a.suggestion !== null);
		if (first) session.store.select(first.id);
	});
}

function tell(
	session: Session,
	{ boxes: count, cancelled, unknown, problems }: ClassifySummary,
	where: "image" | "all",
): void {
	const nothing = where === "all" ? t("model.nothingToClassifyAnywhere") : t("model.nothingToClassify");
	const done = where === "all" ? t("model.classifiedAll", { count }) : t("model.classified", { count });
	const text = cancelled ? t("model.classifyStopped", { count }) : count > 0 ? done : nothing;
	showProblems(session, count > 0 ? "done" : "note", text, problems);
	offerLabels(session, unknown);
}

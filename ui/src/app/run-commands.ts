// Earlier trainings: seen, done again, gone on with, and saved as figures and reports.

import type { Question, RunId } from "../bindings";
import { t } from "../shared/messages";
import type { Session } from "./session.svelte";

/** Shows the page of the training that began last. */
export async function openNewestRun(session: Session): Promise<void> {
	session.view = "runs";
	await session.runs.load();
	if (session.runs.newest) await session.runs.open(session.runs.newest.id);
}

export async function repeatRun(session: Session, run: RunId): Promise<void> {
	session.view = "train";
	await session.training.repeat(run);
}

export async function resumeRun(session: Session, run: RunId): Promise<void> {
	session.view = "train";
	await session.training.resume(null, run);
}

/** Saves a figure where the user wants it. */
export async function saveFigure(session: Session, name: string, bytes: Uint8Array): Promise<void> {
	const path = await session.tell(session.backend.saveFigure(name, bytes));
	if (path !== null) session.toasts.show("done", t("plot.saved", { path }));
}

/** Saves a report of trainings as a page of its own. */
export async function exportReport(session: Session, runs: readonly RunId[]): Promise<void> {
	const path = await session.tell(session.backend.exportReport([...runs]));
	if (path !== null) session.toasts.show("done", t("runs.reportSaved", { path }));
}

/** Saves the report of a study or tuning as a page of its own. */
export async function exportExperiment(session: Session, id: string): Promise<void> {
	const path = await session.tell(session.backend.exportExperiment(id));
	if (path !== null) session.toasts.show("done", t("runs.reportSaved", { path }));
}

/** Asks what a study or tuning is to answer. */
export function askExperiment(session: Session, asks: Question["kind"]): void {
	session.experiments.error = null;
	session.dialog = { kind: "experiment", asks };
}

/** Starts a study or tuning of what would be trained on, and shows it; what keeps it from starting its dialog says. */
export async function startExperiment(session: Session, question: Question): Promise<void> {
	if (!(await session.saved())) return;
	if (!(await session.experiments.start(session.training.plan.source, question))) return;
	if (session.dialog?.kind === "experiment") session.dialog = null;
	session.view = "runs";
}

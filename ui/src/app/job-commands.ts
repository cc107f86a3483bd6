// Detecting, classifying, cropping, undo: what Rust does to many boxes, and how the user hears of it.

import { answered } from "../backend";
import type { CropLook, DetectSummary, Problem } from "../bindings";
import { cropFacts } from "../shared/crop-facts";
import { t } from "../shared/messages";
import type { Toast } from "../shared/toasts.svelte";
import type { Session } from "./session.svelte";

/** A result, with its problems one click away. */
export function showProblems(session: Session, kind: Toast["kind"], text: string, problems: readonly Problem[]): void {
	if (problems.length === 0) {
		session.toasts.show(kind, text);
		return;
	}
	const open = () => {
		session.dialog = { kind: "problems", title: t("problems.title", { count: problems.length }), problems };
	};
	session.toasts.show("note", text, { label: t("problems.show", { count: problems.length }), run: open });
}

/** `again`: also on images that the detector looked at before, as an image that is named always is. */
export async function detect(session: Session, where: "image" | "all", again = where === "image"): Promise<void> {
	const detector = session.detectors.find((d) => d.id === session.detector.value);
	if (detector?.problem) {
		session.toasts.show("error", t("faces.problem", { name: detector.name, problem: detector.problem }));
		return;
	}
	const id = session.current;
	if (!(await session.saved())) return;
	const images = where === "image" && id !== null ? [id] : null;
	await session.jobs.run("detect", async () => {
		const summary = await session.tell(
			session.backend.detectFaces(images, session.detector.value, session.minFace.value, again),
		);
		if (!summary) return;
		session.history = summary.history;
		await session.reload();
		tellDetected(session, summary, detector?.name ?? session.detector.value, where);
		// What is new may be what the review waits for.
		if (session.review.on && session.review.item === null) void session.review.again();
		const first = session.canvas.annotations.find((a) => a.state === "proposed");
		if (where === "image" && first && session.canvas.selected.length === 0) session.store.select(first.id);
	});
}

/** What was found, with the way to the review; what was left out, with the way to look again. */
function tellDetected(session: Session, summary: DetectSummary, detector: string, where: "image" | "all"): void {
	const { faces: count, images, skipped, cancelled, problems } = summary;
	if (images > 0 || skipped === 0) {
		const text = cancelled ? t("faces.stopped", { count, images }) : t("faces.found", { count, images });
		const review = { label: t("faces.review"), run: () => void session.dispatch("view.review") };
		session.toasts.show(count > 0 ? "done" : "note", text, count > 0 && where === "all" ? review : null);
	}
	if (skipped > 0) {
		const again = { label: t("faces.lookAgain"), run: () => void session.dispatch("model.detectAgain") };
		session.toasts.show("note", t("faces.skipped", { count: skipped, detector }), again);
	}
	if (problems.length > 0) showProblems(session, "note", t("problems.title", { count: problems.length }), problems);
}

export async function saveCrops(session: Session, look: CropLook): Promise<void> {
	if (!(await session.saved())) return;
	await keepLook(session, look);
	await session.jobs.run("crop", async () => {
		const summary = await session.tell(session.backend.saveCrops(look));
		if (!summary) return;
		const { written: count, folder } = summary;
		const title = summary.cancelled ? t("crops.stopped", { count, folder }) : t("crops.written", { count, folder });
		showProblems(session, "done", [title, ...cropFacts(summary)].join("; "), summary.problems);
	});
}

/** Crops look like this from now on, in this project and outside of any. */
async function keepLook(session: Session, look: CropLook): Promise<void> {
	session.look.keep(look);
	const { project } = session;
	if (!project || project.readOnly) return;
	const preferences = { ...project.preferences, cropSide: look.side, square: look.square };
	const kept = await answered(session.backend.setPreferences(preferences));
	if (kept.status === "ok") session.project = { ...project, preferences };
}

/** One step back or forth, showing an image that it changed. */
export async function travel(session: Session, direction: "undo" | "redo"): Promise<void> {
	if (!(await session.saved())) return;
	const undone = await session.tell(direction === "undo" ? session.backend.undo() : session.backend.redo());
	if (!undone) return;
	session.take(undone.changed);
	const { images } = undone.changed;
	const here = session.current !== null && images.includes(session.current);
	const [elsewhere] = images;
	if (here || elsewhere === undefined) await session.reload();
	else await session.open(elsewhere);
}

// Detecting, classifying, cropping, undo: what Rust does to many boxes, and how the user hears of it.

import type { Problem } from "../bindings";
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

export async function detect(session: Session, where: "image" | "all"): Promise<void> {
	const detector = session.detectors.find((d) => d.id === session.detector.value);
	if (detector?.problem) {
		session.toasts.show("error", t("faces.problem", { name: detector.name, problem: detector.problem }));
		return;
	}
	const id = session.current;
	if (!(await session.saved())) return;
	const images = where === "image" && id !== null ? [id] : null;
	await session.jobs.run("detect", async () => {
		const summary = await session.tell(session.backend.detectFaces(images, session.detector.value));
		if (!summary) return;
		session.history = summary.history;
		await session.reload();
		const { faces: count, images: looked } = summary;
		const text = summary.cancelled
			? t("faces.stopped", { count, images: looked })
			: t("faces.found", { count, images: looked });
		showProblems(session, count > 0 ? "done" : "note", text, summary.problems);
		const first = session.canvas.annotations.find((a) => a.state === "proposed");
		if (where === "image" && first && session.canvas.selected.length === 0) session.store.select(first.id);
	});
}

export async function classify(session: Session): Promise<void> {
	const id = session.current;
	if (id === null || !(await session.saved())) return;
	await session.jobs.run("classify", async () => {
		const summary = await session.tell(session.backend.classifyImages([id]));
		if (!summary) return;
		session.view = "label";
		session.history = summary.history;
		await session.reload();
		const text = summary.boxes > 0 ? t("model.classified", { count: summary.boxes }) : t("model.nothingToClassify");
		showProblems(session, summary.boxes > 0 ? "done" : "note", text, summary.problems);
		const first = session.canvas.annotations.find((a) => a.suggestion !== null);
		if (first) session.store.select(first.id);
	});
}

export async function saveCrops(session: Session, side: number): Promise<void> {
	if (!(await session.saved())) return;
	await session.jobs.run("crop", async () => {
		const summary = await session.tell(session.backend.saveCrops(side));
		if (!summary) return;
		const { written: count, folder } = summary;
		const text = summary.cancelled ? t("crops.stopped", { count, folder }) : t("crops.written", { count, folder });
		showProblems(session, "done", text, summary.problems);
	});
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

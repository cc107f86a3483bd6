// Studies and tunings in words.

import type { ExperimentView, Question } from "../../bindings";
import { duration, t } from "../../shared/messages";
import type { Moment } from "./experiments.svelte";

export function questionLine(question: Question): string {
	if (question.kind === "study") {
		const { grid, imageSize, epochs, seeds } = question;
		return t("experiments.study.line", {
			what: t(`experiments.grid.${grid ?? "all"}`),
			size: imageSize,
			epochs,
			seeds,
		});
	}
	const networks = question.architectures.map((one) => t(`training.architecture.${one}`)).join(", ");
	return t("experiments.tuning.line", { networks, seeds: question.seeds });
}

export function titleOf({ question }: ExperimentView): string {
	return t(question.kind === "study" ? "experiments.study.name" : "experiments.tuning.name");
}

/** Where it is: what runs, how much is done, how long the rest will take. */
export function stateLine(view: ExperimentView): string {
	const done =
		view.total === null
			? t("experiments.done", { done: view.done })
			: t("experiments.doneOf", { done: view.done, total: view.total });
	const cameToNothing = view.state === "failed" && view.done > 0 && view.failed === view.done;
	const state = cameToNothing ? t("experiments.nothing") : t(`experiments.state.${view.state}`);
	const failed = view.failed === 0 ? null : t("experiments.failed", { count: view.failed });
	const seconds = view.state === "running" ? view.secondsLeft : null;
	const left = seconds === null ? null : t("jobs.left", { time: duration(seconds) });
	return [state, done, failed, left].filter((part) => part !== null).join(" · ");
}

export function momentLine(moment: Moment): string {
	if (moment.event === "preparing") return t("experiments.preparing", { done: moment.done, total: moment.total });
	return t("experiments.training", { name: moment.name, epoch: moment.epoch, epochs: moment.epochs });
}

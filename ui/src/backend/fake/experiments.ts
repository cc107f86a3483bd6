// Studies and tunings of the project in memory: trainings that end quickly, and reports with one plot and one table.

import type { DatasetChoice, ExperimentEvent, ExperimentView, Question, Report } from "../../bindings";
import { type FakeContext, fail, ok } from ".";

const TRAININGS = 4;

export function fakeExperiments({ bus, wait }: FakeContext, turn: (running: string | null) => void) {
	const all: ExperimentView[] = [];
	const stopped = new Set<string>();
	const find = (id: string) => all.find((view) => view.id === id);
	const gone = <T>(id: string) => fail<T>("invalidInput", `there is no study or tuning called "${id}" any more`);
	const report = (event: ExperimentEvent) => bus.emit("experimentProgress", event);
	const set = (id: string, more: Partial<ExperimentView>) => {
		const at = all.findIndex((view) => view.id === id);
		const view = all[at];
		if (view) all[at] = { ...view, ...more };
	};

	async function run(id: string): Promise<void> {
		for (let done = find(id)?.done ?? 0; done < TRAININGS; done++) {
			for (let epoch = 1; epoch <= 3; epoch++) {
				report({ event: "training", id, name: `small-vgg-${done + 1}`, epoch, epochs: 3 });
				await wait(120);
			}
			if (stopped.delete(id)) {
				set(id, { state: "stopped" });
				turn(null);
				return report({ event: "changed", id });
			}
			const isLast = done + 1 === TRAININGS;
			set(id, { done: done + 1, seconds: 30 * (done + 1), secondsLeft: 30 * (TRAININGS - done - 1) });
			if (isLast) {
				set(id, { state: "done", total: TRAININGS });
				turn(null);
			}
			report({ event: "changed", id });
		}
	}

	function begin(id: string) {
		set(id, { state: "running", failure: null });
		turn(id);
		void run(id);
		return ok(structuredClone(find(id) as ExperimentView));
	}

	function reportOf(view: ExperimentView): Report {
		const points = Array.from({ length: view.done * 2 }, (_, at): [number, number] => [at + 1, 0.5 + at / 20]);
		const sentence = "Between small-vgg and tiny there is no difference that these data can show.";
		return {
			title: view.question.kind === "study" ? "Study" : "Tuning",
			sections: [
				{
					heading: "",
					blocks: [
						{ kind: "text", content: `${view.done} of ${TRAININGS} trainings are finished.` },
						{ kind: "command", content: `bauta study masks.bauta --out '${view.id}'` },
					],
				},
				{
					heading: "Networks",
					blocks: [
						{
							kind: "plot",
							content: {
								name: "models-accuracy",
								title: "Accuracy, mean over seeds",
								x: "epoch",
								y: "share called right",
								isShare: true,
								series: [
									{ name: "small-vgg", colour: 0, isThick: false, points },
									{ name: "small-vgg", colour: 0, isThick: true, points },
								],
								sentence,
							},
						},
						{
							kind: "table",
							content: {
								name: "models-seeds",
								title: "Accuracy of the best epoch, over seeds",
								columns: ["", "mean", "spread"],
								rows: [["small-vgg", "0.8300", "0.0210"]],
								sentence,
							},
						},
					],
				},
			],
		};
	}

	return {
		experiments: () => ok(structuredClone(all.toReversed())),
		startExperiment: (_: DatasetChoice, question: Question) => {
			const id = `${question.kind} ${all.length + 1}`;
			const [place, started] = ["/home/you/masks.bauta", "2026-02-03T10:00:00Z"];
			const numbers = { done: 0, failed: 0, seconds: 0, secondsLeft: null, failure: null };
			const total = question.kind === "study" ? TRAININGS : null;
			all.push({ id, question, started, place, state: "running", total, ...numbers });
			return begin(id);
		},
		resumeExperiment: (id: string) => (find(id) ? begin(id) : gone<ExperimentView>(id)),
		stopExperiment: (id: string) => {
			if (find(id)?.state === "running") stopped.add(id);
			return Promise.resolve();
		},
		experimentReport: (id: string) => {
			const view = find(id);
			return view ? ok(reportOf(view)) : gone<Report>(id);
		},
		deleteExperiment: (id: string) => {
			if (!find(id)) return gone<null>(id);
			all.splice(0, all.length, ...all.filter((view) => view.id !== id));
			return ok(null);
		},
		exportExperiment: (id: string) => ok<string | null>(`/home/you/${id}.html`),
	};
}

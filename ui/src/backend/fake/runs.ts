// The trainings that the project in memory remembers.

import type { EpochFigures, RunId, RunList, RunPage, RunView, StrangeRunView, TrainingConfig } from "../../bindings";
import { fail, ok } from ".";

const COUNTS = [
	[9, 0, 1, 1],
	[0, 10, 0, 0],
	[1, 0, 8, 1],
	[1, 0, 2, 6],
];
const ENVIRONMENT = { program: "0.1.0", system: "linux x86_64", trainer: "ONNX Runtime", cores: 8, threads: 8 };

export function fakeRuns(labels: string[], figuresOf: (epoch: number) => EpochFigures) {
	let runs: RunView[] = [];
	const strange: StrangeRunView[] = [];
	const list = (): RunList => ({ runs: structuredClone(runs), strange });
	const find = (id: RunId) => runs.find((run) => run.id === id);
	const gone = <T>() => fail<T>("notFound", "the training is no longer in the project");

	function page(run: RunView): RunPage {
		return {
			run: structuredClone(run),
			report: labels.map((label, index) => ({ label, precision: 0.8, recall: 0.9 - index / 10, f1: 0.8, support: 10 })),
			balancedAccuracy: 0.81,
			pictures: {
				training: 160,
				validation: 40,
				counts: labels.map((label) => ({ label, count: 50 })),
				missing: 0,
				changed: 0,
				examples: [],
				added: 2,
				removed: 0,
			},
			trainCommand: "bauta train masks.bauta --out masks.models --preset paper --threads 8",
			repeatCommand: `bauta runs repeat masks.bauta ${run.id}`,
		};
	}

	return {
		configOf: (id: RunId) => find(id)?.config ?? null,
		/** A training has ended after so many epochs. */
		add: (config: TrainingConfig, epochs: number, cancelled: boolean) => {
			const figures = Array.from({ length: epochs }, (_, index) => figuresOf(index + 1));
			const summary = {
				model: "/home/you/masks.onnx",
				bestEpoch: epochs,
				valAccuracy: figures.at(-1)?.valAccuracy ?? 0,
				confusion: { labels, counts: COUNTS },
				seconds: 96,
				cpuSeconds: 180,
				cancelled,
				stoppedEarly: false,
				valAccuracyInterval: { low: 0.67, high: 0.92 },
			};
			runs.push({
				id: `run-${runs.length + 1}`,
				name: "masks",
				started: "2026-02-03T10:00:00Z",
				config,
				environment: ENVIRONMENT,
				outcome: cancelled ? "cancelled" : "finished",
				failure: null,
				figures,
				summary,
				hasModel: true,
				canResume: cancelled,
			});
		},
		commands: {
			runs: () => ok(list()),
			runPage: (id: RunId) => {
				const run = find(id);
				return run ? ok(page(run)) : gone<RunPage>();
			},
			stepCurves: (id: RunId, from: number | null, to: number | null) => {
				const steps = (find(id)?.figures.length ?? 0) * 12;
				const epochs = Array.from({ length: steps }, (_, step) => (step + 1) / 12).filter(
					(at) => at >= (from ?? 0) && at <= (to ?? 0),
				);
				const values = epochs.map((at) => figuresOf(at));
				const losses = values.map(({ loss }) => loss);
				return ok({ epochs, losses, accuracies: values.map(({ accuracy }) => accuracy), steps: epochs.length });
			},
			runAnswers: () => {
				const answer = (truth: number, said: number, sample: number) => {
					const probabilities = labels.map((_, label) => (label === said ? 0.7 : 0.1));
					return { sample, path: `/home/you/photo_${sample}.jpg`, truth, said, probabilities };
				};
				const cells = COUNTS.flatMap((row, truth) =>
					row.flatMap((count, said) => Array.from({ length: count }, () => [truth, said] as const)),
				);
				return ok({ labels, answers: cells.map(([truth, said], sample) => answer(truth, said, sample)), problems: [] });
			},
			compareRuns: (ids: RunId[]) => {
				const chosen = ids.map(find).filter((run) => run !== undefined);
				const settings = ["imageSize", "seed", "epochs"] as const;
				const differences = settings
					.map((setting) => ({ setting, values: chosen.map(({ config }) => String(config[setting])) }))
					.filter(({ values }) => new Set(values).size > 1);
				return ok({ runs: structuredClone(chosen), differences, samePictures: true });
			},
			renameRun: (id: RunId, name: string) => {
				runs = runs.map((run) => (run.id === id ? { ...run, name: name.trim() } : run));
				return ok(list());
			},
			deleteRun: (id: RunId, _model: boolean) => {
				runs = runs.filter((run) => run.id !== id);
				return ok(list());
			},
			exportReport: () => ok("/home/you/masks.html"),
		},
	};
}

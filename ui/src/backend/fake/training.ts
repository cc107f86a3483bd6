import type {
	DatasetChoice,
	EpochFigures,
	ForeignAnswers,
	ModelView,
	Preset,
	TrainingConfig,
	TrainingEvent,
	TrainingLog,
} from "../../bindings";
import { type FakeContext, ok } from ".";
import { fakeRuns } from "./runs";

const STEPS = 12;
const LABELS = ["ffp2", "no_mask", "op_mask", "other_mask"];
/** Learning rates from which a training runs away in its second epoch. */
const WILD = 1;
const GONE = { code: "invalidInput", message: "this training cannot go on any more; train again" } as const;
const PAPER: TrainingConfig = {
	architecture: "small-vgg",
	head: null,
	loss: "mse",
	imageSize: 180,
	epochs: 15,
	batchSize: 32,
	optimizer: "adam",
	learningRate: 0.001,
	schedule: "constant",
	patience: null,
	weightDecay: 0,
	classWeights: false,
	labelSmoothing: 0,
	dropout: null,
	seed: 42,
	validationShare: 0.2,
	splitByGroup: true,
	augmentation: {
		rotationDegrees: 20,
		shift: 0.2,
		zoom: 0.2,
		flip: true,
		brightness: 0,
		contrast: 0,
		blur: 0,
		erasing: 0,
	},
	averageViews: false,
	threads: null,
};

/** Datasets, training with curves that look like one, and the model. */
export function fakeTraining({ project, bus, wait, cancels, foreign }: FakeContext) {
	const runs = fakeRuns(LABELS, figuresOf);
	const log: TrainingLog = { running: false, experiment: null, config: null, events: [], waiting: [] };
	let numbers = 0;
	let model: ModelView | null = null;
	const report = (event: TrainingEvent) => {
		log.events.push(event);
		bus.emit("trainingProgress", event);
	};

	/** The latest training, when it was stopped or ran away: its settings and the epochs that it did. */
	let earlier: { config: TrainingConfig; done: number; failed: boolean } | null = null;

	async function train(config: TrainingConfig, resumed = 0): Promise<void> {
		earlier = null;
		for (let done = 0; done <= 5; done++) {
			report({ event: "preparing", done: done * 40, total: 200 });
			await wait(120);
		}
		const started = { labels: LABELS, training: 160, validation: 40, steps: STEPS, epochs: config.epochs };
		report({ event: "started", ...started, resumed, parameters: 1_236_180, problems: [] });
		let last: EpochFigures | null = null;
		for (let epoch = 1; epoch <= resumed; epoch++) {
			last = figuresOf(epoch);
			report({ event: "epoch", ...last });
		}
		for (let epoch = resumed + 1; epoch <= config.epochs; epoch++) {
			const figures = figuresOf(epoch);
			for (let step = 1; step <= STEPS; step++) {
				await wait(90);
				if (cancels.take("training")) {
					earlier = last && { config, done: last.epoch, failed: false };
					return finish(last, true);
				}
				if (config.learningRate >= WILD && epoch > 1) {
					earlier = { config, done: epoch - 1, failed: true };
					log.running = false;
					return report({ event: "failed", message: "the training ran away; choose a smaller learning rate" });
				}
				const secondsLeft = ((config.epochs - epoch + 1) * STEPS - step) * 0.09;
				const { loss, accuracy } = figures;
				report({ event: "step", epoch, step, steps: STEPS, loss, accuracy, secondsLeft });
			}
			report({ event: "epoch", ...figures });
			last = figures;
		}
		finish(last, false);
	}

	/** The next one that waits begins. */
	function next(): void {
		const waiting = log.waiting.shift();
		if (waiting) begin(waiting.config);
	}

	function begin(config: TrainingConfig, done = 0): void {
		Object.assign(log, { running: true, config, events: [] });
		void train(config, done).then(next);
	}

	function ended(last: EpochFigures | null, cancelled: boolean): void {
		if (last) runs.add(log.config ?? PAPER, last.epoch, cancelled);
	}

	function finish(last: EpochFigures | null, cancelled: boolean): void {
		ended(last, cancelled);
		log.running = false;
		if (!last) {
			report({ event: "cancelled" });
			return;
		}
		const counts = [
			[9, 0, 1, 1],
			[0, 10, 0, 0],
			[1, 0, 8, 1],
			[1, 0, 2, 6],
		];
		const confusion = { labels: LABELS, counts };
		const summary = {
			model: "masks",
			bestEpoch: last.epoch,
			valAccuracy: last.valAccuracy,
			seconds: 96,
			cancelled,
			stoppedEarly: false,
			valAccuracyInterval: { low: 0.67, high: 0.92 },
		};
		report({ event: "finished", ...summary, confusion });
		model = {
			name: "masks",
			labels: LABELS,
			inputSize: 180,
			valAccuracy: last.valAccuracy,
			path: "/home/you/masks.onnx",
		};
		bus.emit("modelChanged", { model });
	}

	const boxesOf = (category: string) =>
		project.images.flatMap((image) => image.annotations).filter((a) => a.category === category).length;
	return {
		...runs.commands,
		presetConfig: (preset: Preset): Promise<TrainingConfig> =>
			Promise.resolve({
				...PAPER,
				imageSize: { transfer: 224, quick: 224, tutorial: 224, paper: 180, "paper-small": 96, tiny: 64 }[preset],
				architecture: preset === "tiny" ? "tiny" : "small-vgg",
			}),
		chooseDatasetFolder: () =>
			ok({
				place: "/home/you/crops",
				counts: LABELS.map((label, index) => ({ label, count: [62, 71, 48, 9][index] ?? 0 })),
				groups: 95,
				problem: null,
			}),
		projectDataset: () => {
			const counts = project.categories
				.map((c) => ({ label: c.name, count: boxesOf(c.id) }))
				.filter((c) => c.count > 0);
			const few = counts.length < 2;
			return ok({
				place: "Sample",
				counts,
				groups: null,
				problem: few ? "a training needs boxes of at least two categories; label some more" : null,
			});
		},
		checkDataset: () => ok({ copies: 3, bursts: 0, unreadable: 0, straddling: [] }),
		stopCheck: () => Promise.resolve(),
		startTraining: (_source: DatasetChoice, config: TrainingConfig) => {
			numbers += 1;
			if (log.running) log.waiting.push({ number: numbers, name: "masks", config });
			else begin(config);
			return ok(null);
		},
		repeatTraining: (run: string) => {
			const config = runs.configOf(run);
			if (!config) return Promise.resolve({ status: "error", error: GONE } as const);
			begin(config);
			return ok(null);
		},
		cancelWaiting: (number: number) => {
			log.waiting = log.waiting.filter((waiting) => waiting.number !== number);
			return Promise.resolve();
		},
		resumableTraining: () =>
			ok(
				earlier && {
					run: "run",
					started: "2026-02-03T10:00:00Z",
					done: earlier.done,
					epochs: earlier.config.epochs,
					learningRate: earlier.config.learningRate,
					failed: earlier.failed,
				},
			),
		resumeTraining: (_run: string, learningRate: number | null) => {
			if (!earlier) return Promise.resolve({ status: "error", error: GONE } as const);
			const { done } = earlier;
			const config = { ...earlier.config, learningRate: learningRate ?? earlier.config.learningRate };
			begin(config, done);
			return ok(null);
		},
		cancelTraining: () => {
			cancels.request("training");
			return Promise.resolve();
		},
		/** A study or tuning runs, or none does any more. */
		setExperiment: (running: string | null) => {
			log.experiment = running;
		},
		trainingLog: () => Promise.resolve(structuredClone(log)),
		currentModel: () => Promise.resolve(model),
		loadModel: () => {
			if (foreign) return ok({ kind: "foreign", facts: foreign } as const);
			model = { name: "masks", labels: LABELS, inputSize: 180, valAccuracy: 0.83, path: "/home/you/masks.onnx" };
			bus.emit("modelChanged", { model });
			return ok({ kind: "loaded", model } as const);
		},
		describeModel: (answers: ForeignAnswers) => {
			const { side: inputSize, labels } = answers;
			model = { name: "theirs", labels, inputSize, valAccuracy: null, path: "/home/you/theirs.onnx" };
			bus.emit("modelChanged", { model });
			return ok(model);
		},
		saveModel: () => ok("/home/you/masks.onnx"),
	};
}

function figuresOf(epoch: number): EpochFigures {
	const rise = 1 - Math.exp(-epoch / 4);
	const wobble = Math.sin(epoch * 2.3) * 0.025;
	return {
		epoch,
		loss: 0.19 - 0.14 * rise,
		accuracy: 0.3 + 0.62 * rise,
		valLoss: 0.19 - 0.11 * rise - wobble / 3,
		valAccuracy: 0.3 + 0.55 * rise + wobble,
		seconds: 6,
		cpuSeconds: 11,
	};
}

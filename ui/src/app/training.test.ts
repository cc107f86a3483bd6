import { afterEach, expect, test, vi } from "vitest";
import { openWindow, type TestWindow } from "./test-window";

// jsdom has no canvas to draw curves on; what is drawn is tested in features/training.
vi.mock("uplot", () => ({
	default: class {
		root = document.createElement("div");
		series = [];
		setData() {}
		destroy() {}
	},
}));

let app: TestWindow;
afterEach(() => app?.close());

/** A training whose steps wait until they are let go. */
function gate() {
	let open: () => void = () => {};
	let closed = true;
	const wait = () =>
		closed
			? new Promise<void>((done) => {
					open = done;
				})
			: Promise.resolve();
	return {
		wait,
		step: () => open(),
		letGo: () => {
			closed = false;
			open();
		},
	};
}

async function start(wait: () => Promise<void>): Promise<void> {
	app = await openWindow({ images: 2, wait });
	await app.session.dispatch("model.train");
	await app.session.training.plan.chooseFolder();
	app.text();
	app.button("Start training").click();
	app.text();
}

test("too little data is explained and the start stays off", async () => {
	app = await openWindow({ images: 2 });
	await app.session.dispatch("model.train");
	await app.until(() => app.text().includes("at least two categories"));
	expect(app.button("Start training").disabled).toBe(true);
});

test("a training shows its progress, then the result in words and what comes next", async () => {
	const { wait, step, letGo } = gate();
	await start(wait);
	await app.until(() => app.text().includes("Reading pictures"));
	await app.until(() => {
		step();
		return app.text().includes("Epoch 2 of 15");
	});
	expect(app.text()).toContain("left");
	letGo();
	await app.until(() => app.session.training.state.kind === "finished");
	expect(app.text()).toMatch(/0\.\d\d: about one in \w+ wrong/);
	expect(app.text()).toContain("pictures were checked: on others like them it may lie between 0.67 and 0.92.");
	expect(app.text()).toContain("On pictures of new people it may do worse");
	expect(document.querySelectorAll("tbody tr")).toHaveLength(4);
	expect(app.button("Classify current image").disabled).toBe(false);
});

test("cancelling keeps the best epoch so far", async () => {
	const { wait, step, letGo } = gate();
	await start(wait);
	await app.until(() => {
		step();
		return app.text().includes("Epoch 3 of 15");
	});
	app.button("Cancel").click();
	letGo();
	await app.until(() => app.text().includes("the best so far, is kept"));
});

test("a training that was stopped goes on from where it was", async () => {
	const { wait, step, letGo } = gate();
	await start(wait);
	await app.until(() => {
		step();
		return app.text().includes("Epoch 3 of 15");
	});
	app.button("Cancel").click();
	await app.until(() => {
		step();
		return app.text().includes("the best so far, is kept");
	});
	await app.until(() => app.text().includes("Go on"));
	app.button("Train again").click();
	await app.until(() => app.text().includes("The last training stopped after 2 epochs of 15."));
	app.button("Go on").click();
	await app.until(() => {
		step();
		return app.text().includes("Epoch 4 of 15");
	});
	expect(app.session.training.state).toMatchObject({ course: { epochs: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }] } });
	letGo();
	await app.until(() => app.text().includes("The best epoch was"));
	expect(app.text()).not.toContain("Go on");
});

test("a training that ran away goes on in smaller steps", async () => {
	app = await openWindow({ images: 2, wait: () => Promise.resolve() });
	await app.session.dispatch("model.train");
	await app.session.training.plan.chooseFolder();
	const { training } = app.session;
	if (!training.plan.config) throw new Error("settings are there from the start");
	training.plan.config = { ...training.plan.config, learningRate: 3 };
	await training.start();
	await app.until(() => app.text().includes("ran away"));
	await app.until(() => app.text().includes("Go on with a tenth of the learning rate (0.3)"));
	app.button("Go on with a tenth of the learning rate (0.3)").click();
	await app.until(() => app.text().includes("The best epoch was"));
	expect((await app.backend.trainingLog()).config?.learningRate).toBe(0.3);
});

test("a window that is loaded in mid-training catches up", async () => {
	const { wait, step, letGo } = gate();
	await start(wait);
	await app.until(() => {
		step();
		return app.text().includes("Epoch 3 of 15");
	});
	const { Training } = await import("../features/training/training.svelte");
	const reloaded = new Training(app.backend);
	await reloaded.connect();
	expect(reloaded.state).toMatchObject({ kind: "running", course: { epochs: [{ epoch: 1 }, { epoch: 2 }] } });
	letGo();
	await app.until(() => reloaded.state.kind === "finished");
	reloaded.disconnect();
});

test("a training that cannot start says why and keeps the settings", async () => {
	app = await openWindow({ images: 2 });
	await app.session.dispatch("model.train");
	await app.session.training.plan.chooseFolder();
	app.backend.failNext("startTraining", { code: "busy", message: "a training is running already" });
	await app.session.training.start();
	expect(app.text()).toContain("a training is running already");
	expect(app.button("Start training").disabled).toBe(false);
});

test("the settings that were chosen are those that are trained with", async () => {
	app = await openWindow({ images: 2 });
	await app.session.training.plan.choosePreset("tiny");
	expect(app.session.training.plan.config).toMatchObject({ architecture: "tiny", imageSize: 64 });
});

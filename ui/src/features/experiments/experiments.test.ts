import { expect, test, vi } from "vitest";
import type { Result } from "../../backend";
import { createFakeBackend, ok } from "../../backend/fake";
import { held } from "../../backend/fake/held";
import type { ExperimentView, Report } from "../../bindings";
import { Experiments } from "./experiments.svelte";

test("the end of a study stays on the screen when an older answer arrives after it", async () => {
	const backend = createFakeBackend({ images: 1, wait: () => new Promise(() => {}) });
	const experiments = new Experiments(backend);
	await experiments.connect();
	await experiments.load();
	await experiments.start("project", { kind: "study", grid: "losses", imageSize: 96, epochs: 3, seeds: 1 });
	const running = experiments.view as ExperimentView;
	expect(running.state).toBe("running");
	const [lists, reports] = [held<Result<ExperimentView[]>>(), held<Result<Report>>()];
	Object.assign(backend, { experiments: lists.command, experimentReport: reports.command });

	// The last training's end and the study's own are told right after each other.
	for (const asked of [1, 2]) {
		backend.emit("experimentProgress", { event: "changed", id: running.id });
		await vi.waitFor(() => expect(lists.answers).toHaveLength(asked));
	}
	lists.answers[1]?.(await ok([{ ...running, done: 4, state: "done" as const }]));
	await vi.waitFor(() => expect(experiments.view?.state).toBe("done"));
	lists.answers[0]?.(await ok([{ ...running, done: 4 }]));
	await vi.waitFor(() => expect(reports.answers).toHaveLength(2));
	expect(experiments.view?.state).toBe("done");

	reports.answers[1]?.(await ok({ title: "whole", sections: [] }));
	await vi.waitFor(() => expect(experiments.shown).toMatchObject({ report: { title: "whole" } }));
	reports.answers[0]?.(await ok({ title: "without its end", sections: [] }));
	await new Promise((done) => setTimeout(done));
	expect(experiments.shown).toMatchObject({ report: { title: "whole" } });
});

import { expect, test, vi } from "vitest";
import type { Result } from "../../backend";
import { createFakeBackend } from "../../backend/fake";
import type { ExperimentView, Report } from "../../bindings";
import { Experiments } from "./experiments.svelte";

/** A command that answers when the test lets it, in whatever order. */
function held<T>() {
	const answers: ((data: T) => void)[] = [];
	const command = () =>
		new Promise<Result<T>>((answer) => {
			answers.push((data) => answer({ status: "ok", data }));
		});
	return { answers, command };
}

test("the end of a study stays on the screen when an older answer arrives after it", async () => {
	const backend = createFakeBackend({ images: 1, wait: () => new Promise(() => {}) });
	const experiments = new Experiments(backend);
	await experiments.connect();
	await experiments.load();
	await experiments.start("project", { kind: "study", grid: "losses", imageSize: 96, epochs: 3, seeds: 1 });
	const running = experiments.view as ExperimentView;
	expect(running.state).toBe("running");
	const [lists, reports] = [held<ExperimentView[]>(), held<Report>()];
	Object.assign(backend, { experiments: lists.command, experimentReport: reports.command });

	// The last training's end and the study's own are told right after each other.
	for (const asked of [1, 2]) {
		backend.emit("experimentProgress", { event: "changed", id: running.id });
		await vi.waitFor(() => expect(lists.answers).toHaveLength(asked));
	}
	lists.answers[1]?.([{ ...running, done: 4, state: "done" }]);
	await vi.waitFor(() => expect(experiments.view?.state).toBe("done"));
	lists.answers[0]?.([{ ...running, done: 4 }]);
	await vi.waitFor(() => expect(reports.answers).toHaveLength(2));
	expect(experiments.view?.state).toBe("done");

	reports.answers[1]?.({ title: "whole", sections: [] });
	await vi.waitFor(() => expect(experiments.shown).toMatchObject({ report: { title: "whole" } }));
	reports.answers[0]?.({ title: "without its end", sections: [] });
	await new Promise((done) => setTimeout(done));
	expect(experiments.shown).toMatchObject({ report: { title: "whole" } });
});

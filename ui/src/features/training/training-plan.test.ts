import { expect, test, vi } from "vitest";
import type { Result } from "../../backend";
import { createFakeBackend, ok } from "../../backend/fake";
import { held } from "../../backend/fake/held";
import type { DatasetSummary, TrainingConfig } from "../../bindings";
import { TrainingPlan } from "./training-plan.svelte";

test("what is trained is what was chosen and seen last, in whatever order the program answers", async () => {
	const backend = createFakeBackend({ images: 2, boxes: 4 });
	const summary = await backend.projectDataset();
	if (summary.status === "error") throw new Error(summary.error.message);
	const settings = { quick: await backend.presetConfig("quick"), tiny: await backend.presetConfig("tiny") };
	const [presets, datasets] = [held<TrainingConfig>(), held<Result<DatasetSummary>>()];
	Object.assign(backend, { presetConfig: presets.command, projectDataset: datasets.command });
	const plan = new TrainingPlan(backend, () => false);

	const chosen = [plan.choosePreset("quick"), plan.choosePreset("tiny")];
	presets.answers[1]?.(settings.tiny);
	presets.answers[0]?.(settings.quick);
	await Promise.all(chosen);
	expect(plan.config?.architecture).toBe(settings.tiny.architecture);

	const looks = [plan.lookAtProject(), plan.lookAtProject()];
	const counted = (groups: number) => ok({ ...summary.data, groups });
	datasets.answers[1]?.(await counted(9));
	datasets.answers[0]?.(await counted(8));
	await Promise.all(looks);
	await vi.waitFor(() => expect(plan.dataset).toMatchObject({ summary: { groups: 9 } }));
});

import type { ChangeSet, ContextMenu, ImageId, MenuState, Revision, Startup, Step, ThemeChoice } from "../../bindings";
import { acceptedBoxes, withChanges } from "../../geometry/changes";
import { boxRejection } from "../../geometry/rules";
import { type FakeContext, fail, ok } from ".";

const STEPS: Record<ChangeSet[number]["kind"], Step> = {
	add: "drawBox",
	setBox: "changeBox",
	setCategory: "setCategory",
	accept: "acceptProposals",
	remove: "deleteBoxes",
};

/** Projects, images and their boxes. */
export function fakeAnnotations({ project, bus, wait, cancels }: FakeContext) {
	const travel = (direction: "undo" | "redo") => {
		const done = project.travel(direction);
		if (!done) return ok(null);
		return ok({ step: done.step, changed: project.changed(done.changed) });
	};
	let clipboard: string | null = null;
	return {
		currentProject: () => ok(project.open ? project.viewAll() : null),
		startup: (): Promise<Startup | null> => Promise.resolve(null),
		createProject: () => {
			project.open = true;
			project.images = [];
			return ok(project.viewAll());
		},
		openProject: () => {
			project.fill(24);
			return ok(project.viewAll());
		},
		openSample: async () => {
			for (let done = 0; done <= 24; done++) {
				bus.emit("jobProgress", { job: "sample", done, total: 24, secondsLeft: (24 - done) / 20, current: "" });
				await wait(50);
			}
			project.fill(24);
			return ok(project.viewAll());
		},
		addFolder: () => {
			const before = project.images.length;
			project.fill(before + 12);
			const problems = [
				{ place: "photos/broken.jpg", message: "the file ends too early; copy it again from the camera" },
			];
			return ok({ project: project.viewAll(), added: 12, already: before, problems });
		},
		openImageFile: () => {
			if (!project.open) project.fill(12);
			return ok({ ...project.viewAll(), lastImage: project.images[1]?.id ?? null });
		},
		openImage: (id: ImageId) => {
			const image = project.image(id);
			return image.problem === null ? ok(project.view(image)) : fail<never>("notFound", image.problem);
		},
		lookAtImage: (id: ImageId) => {
			const image = project.image(id);
			return image.problem === null ? ok(project.view(image)) : fail<never>("notFound", image.problem);
		},
		saveAnnotations: (id: ImageId, revision: Revision, changes: ChangeSet) => {
			const image = project.image(id);
			if (revision !== image.revision) return fail<never>("conflict", "the image was changed elsewhere");
			const known = image.annotations;
			if (changes.some((c) => c.kind !== "add" && !known.some((a) => a.id === c.id))) {
				return fail<never>("invalidInput", "the box is no longer on this image; reload it");
			}
			const after = withChanges(known, changes, { size: image.size, categories: project.categories });
			const rules = project.preferences.rules;
			const broken = changes.some((change) => {
				const changed = after.find((a) => a.id === change.id);
				return changed && boxRejection(rules, changed.bbox, acceptedBoxes(after), change.id) !== null;
			});
			if (broken) return fail<never>("invalidInput", "the box overlaps another one");
			const several = changes.length > 1 && changes.every(({ kind }) => kind === "add");
			project.record(several ? "addBoxes" : STEPS[changes[0]?.kind ?? "setBox"]);
			image.annotations = [...after];
			image.revision += 1;
			const [view, row] = [project.view(image), project.row(image)];
			return ok({ image: view, row, categories: project.counted(), history: project.history });
		},
		undo: () => travel("undo"),
		redo: () => travel("redo"),
		cancelJob: (job: Parameters<typeof cancels.request>[0]) => {
			cancels.request(job);
			return Promise.resolve();
		},
		readClipboard: () => ok(clipboard),
		writeClipboard: (text: string) => {
			clipboard = text;
			return ok(null);
		},
		popupMenu: (_menu: ContextMenu) => ok(null),
		setMenuState: (_state: MenuState) => ok(null),
		setTheme: (_theme: ThemeChoice) => Promise.resolve(),
		setTextSize: (_percent: number) => ok(null),
		openLogFolder: () => ok(null),
		leave: () => Promise.resolve(),
		leaveWhenTrained: () => Promise.resolve(),
		stay: () => Promise.resolve(),
	};
}

import type { LocatePlan, RecentProject } from "../../bindings";
import { type FakeContext, fail, ok } from ".";

/** Recent projects, copies, moved pictures. */
export function fakeProjectFiles({ project, bus, wait, cancels }: FakeContext) {
	let recent: RecentProject[] = [
		{ path: "/home/you/Bauta/Sample.bauta", name: "Sample", folder: "/home/you/Bauta", missing: false },
		{ path: "/media/stick/Trip.bauta", name: "Trip", folder: "/media/stick", missing: true },
	];
	const plan = (): LocatePlan => {
		const missing = project.images.filter((image) => image.problem !== null);
		const found = missing.map(({ id, name }) => ({
			image: id,
			from: `/old/${name}`,
			to: `/new/${name}`,
			by: "nameAndSize" as const,
		}));
		return { folder: "/new", missing: found.length, found, problems: [] };
	};
	return {
		recentProjects: () => ok(recent),
		openRecent: (path: string) => {
			if (recent.find((known) => known.path === path)?.missing ?? true) {
				return fail<never>("internal", `there is no project at ${path}; it may have been moved or renamed`);
			}
			project.fill(24);
			return ok(project.viewAll());
		},
		forgetRecent: (path: string) => {
			recent = recent.filter((known) => known.path !== path);
			return ok(null);
		},
		openToRead: () => {
			project.fill(24);
			return ok({ ...project.viewAll(), readOnly: true });
		},
		saveProjectAs: () => ok({ ...project.viewAll(), name: "Sample copy", path: "/home/you/Bauta/Sample copy.bauta" }),
		backUpProject: () => ok("/home/you/Bauta/Sample backup.bauta"),
		saveResized: async () => {
			const chosen = project.images.filter((image) => image.destination !== null);
			if (chosen.length === 0) return fail<never>("invalidInput", "no image has a destination; choose one first");
			let written = 0;
			for (; written < chosen.length && !cancels.take("resize"); written++) {
				const secondsLeft = (chosen.length - written) / 20;
				bus.emit("jobProgress", { job: "resize", done: written, total: chosen.length, secondsLeft, current: "" });
				await wait(50);
			}
			const folders = project.countedDestinations().map(({ path, images }) => ({ path, pictures: images }));
			return ok({ written, folders, cancelled: written < chosen.length, problems: [] });
		},
		planLocate: () => ok(plan()),
		applyLocate: () => {
			project.record("locateImages");
			const found = project.images.filter((image) => image.problem !== null);
			for (const image of found) image.problem = null;
			return ok(project.changed(found, false));
		},
	};
}

import type { ChosenFolder, CropLook, FolderRole, JobKind } from "../../bindings";
import { type FakeContext, fail, ok } from ".";

const PATHS: Record<FolderRole, string> = {
	autocropPhotos: "/home/you/photos",
	autocropCrops: "/home/you/crops",
	rawPhotos: "/home/you/photos",
	processedCrops: "/home/you/crops",
	unprocessed: "/home/you/by hand",
};
const PHOTOS = 12;

/** Auto-crop and unprocessed photos, on folders that do not exist. */
export function fakeFolders({ project, bus, wait, cancels }: FakeContext) {
	const folders = new Map<FolderRole, string>();
	const chosen = (): ChosenFolder[] => [...folders].map(([role, path]) => ({ role, path }));
	async function job(kind: JobKind): Promise<{ done: number; cancelled: boolean }> {
		cancels.take(kind);
		for (let done = 0; done < PHOTOS; done++) {
			if (cancels.take(kind)) return { done, cancelled: true };
			await wait(150);
			const secondsLeft = (PHOTOS - done) * 0.15;
			bus.emit("jobProgress", { job: kind, done: done + 1, total: PHOTOS, secondsLeft, current: `img_${done}.jpg` });
		}
		return { done: PHOTOS, cancelled: false };
	}
	return {
		chosenFolders: () => Promise.resolve(chosen()),
		chooseFolder: (role: FolderRole) => {
			folders.set(role, PATHS[role]);
			return ok(chosen());
		},
		showFolder: () => ok(null),
		autocrop: async ({ side }: CropLook, detector: string, _minFace: number, again: boolean) => {
			if (side < 32) return fail<never>("invalidInput", "crops are 32 to 1024 px; choose a size between");
			if (detector === "yunet")
				return fail<never>("internal", "yunet.onnx is not there; put it into the models folder");
			const { done, cancelled } = await job("autocrop");
			folders.set("rawPhotos", PATHS.rawPhotos);
			folders.set("processedCrops", PATHS.processedCrops);
			const counts = {
				written: done,
				updated: 0,
				unchanged: 3,
				removed: 0,
				deleted: again ? 0 : 2,
				withoutCategory: 0,
			};
			const crops = { folder: PATHS.autocropCrops, photos: PHOTOS, unreadable: 0, ...counts, cancelled, problems: [] };
			return ok({ crops, withoutFace: 2, names: ["img_004.jpg", "img_011.jpg"] });
		},
		findUnprocessed: async () => {
			const { done, cancelled } = await job("unprocessed");
			const counts = { photos: done, processed: done - 2, copied: 2, already: 0 };
			return ok({ folder: PATHS.unprocessed, ...counts, comparedBy: "manifest" as const, cancelled, problems: [] });
		},
		annotateUnprocessed: () => ok({ project: project.viewAll(), added: 2, already: 0, problems: [] }),
	};
}

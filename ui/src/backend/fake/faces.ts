import type { Annotation, CropLook, ImageId, JobKind } from "../../bindings";
import { boxWidth } from "../../geometry/bounding-box";
import { acceptedBoxes, categoryNamed } from "../../geometry/changes";
import { boxRejection } from "../../geometry/rules";
import { type FakeContext, fail, ok } from ".";
import { type FakeImage, fakeUuid } from "./project";

const LABELS = ["no_mask", "op_mask", "ffp2", "other_mask"];
let made = 0;

/** Detecting, accepting, cropping and classifying. */
export function fakeFaces({ project, bus, wait, cancels }: FakeContext) {
	/** Runs `work` on every image with progress; true when it was cancelled. */
	async function job(kind: JobKind, images: FakeImage[], work: (image: FakeImage) => void): Promise<boolean> {
		cancels.take(kind);
		for (const [index, image] of images.entries()) {
			if (cancels.take(kind)) return true;
			await wait(150);
			work(image);
			const done = index + 1;
			const secondsLeft = (images.length - done) * 0.15;
			bus.emit("jobProgress", { job: kind, done, total: images.length, secondsLeft, current: image.name });
			bus.emit("rowsChanged", { rows: [project.row(image)] });
		}
		return false;
	}
	/** Which images were looked at, by which detector, for faces of which size. */
	const looks = new Set<string>();
	/** Suggested labels that are no category of the project. */
	const unknownLabels = () => {
		const suggested = project.images.flatMap((image) => image.annotations).map((a) => a.suggestion?.label ?? null);
		const unknown = suggested.filter((label) => label !== null && categoryNamed(label, project.categories) === null);
		return [...new Set(unknown)].filter((label) => label !== null).sort();
	};
	const chosen = (ids: ImageId[] | null) => project.images.filter((image) => ids === null || ids.includes(image.id));
	return {
		detectors: () =>
			Promise.resolve([
				{ id: "centerface", name: "CenterFace", problem: null },
				{ id: "haar", name: "Haar cascade", problem: null },
				{ id: "yunet", name: "YuNet", problem: "its file is not there; put yunet.onnx into the models folder" },
			]),
		detectFaces: async (ids: ImageId[] | null, detector: string, minFace: number, again: boolean) => {
			project.record("detectFaces");
			let faces = 0;
			const look = (image: FakeImage) => `${image.id} ${detector} ${minFace}`;
			const images = chosen(ids).filter((image) => again || !looks.has(look(image)));
			const cancelled = await job("detect", images, (image) => {
				looks.add(look(image));
				const found = proposals(image, detector).filter(({ bbox }) => boxWidth(bbox) >= minFace);
				faces += found.length;
				image.annotations = [...image.annotations.filter((a) => a.state === "accepted"), ...found];
				image.revision += 1;
			});
			const skipped = chosen(ids).length - images.length;
			return ok({ images: images.length, skipped, faces, cancelled, problems: [], history: project.history });
		},
		acceptProposals: (ids: ImageId[] | null, minScore: number) => {
			project.record("acceptProposals");
			let [accepted, rejected] = [0, 0];
			for (const image of chosen(ids)) {
				for (const proposal of image.annotations.filter((a) => a.state === "proposed")) {
					if (proposal.source.kind === "detected" && proposal.source.score < minScore) continue;
					const others = acceptedBoxes(image.annotations);
					if (boxRejection(project.preferences.rules, proposal.bbox, others, proposal.id)) {
						rejected += 1;
						continue;
					}
					accepted += 1;
					const category = categoryNamed(proposal.suggestion?.label, project.categories);
					image.annotations = image.annotations.map((a) =>
						a.id === proposal.id ? { ...a, state: "accepted" as const, category, suggestion: null } : a,
					);
				}
				image.revision += 1;
			}
			const images = chosen(ids).map((image) => image.id);
			const rows = chosen(ids).map((image) => project.row(image));
			return ok({ images, accepted, rejected, rows, categories: project.counted(), history: project.history });
		},
		saveCrops: async ({ side }: CropLook) => {
			if (side < 32) return fail<never>("invalidInput", "crops are 32 to 1024 px; choose a size between");
			const cancelled = await job("crop", project.images, () => {});
			const boxes = project.images.flatMap((image) => image.annotations).filter((a) => a.state === "accepted");
			const written = boxes.filter((a) => a.category !== null).length;
			const problems = [{ place: "img_007.jpg", message: "the file is gone; put it back or remove the image" }];
			return ok({
				folder: "/home/you/crops",
				photos: project.images.length,
				unreadable: 1,
				written,
				updated: 1,
				unchanged: 2,
				removed: 1,
				deleted: 0,
				withoutCategory: boxes.length - written,
				cancelled,
				problems,
			});
		},
		classifyImages: async (ids: ImageId[] | null) => {
			project.record("classify");
			let boxes = 0;
			const open = chosen(ids).filter((image) => image.annotations.some((a) => a.category === null));
			const cancelled = await job("classify", open, (image) => {
				image.annotations = image.annotations.map((a, index) => {
					if (a.category !== null) return a;
					boxes += 1;
					const label = LABELS[image.faces[index]?.mask ?? 0] ?? "no_mask";
					return { ...a, suggestion: { label, confidence: 0.55 + ((boxes * 7) % 45) / 100 } };
				});
				image.revision += 1;
			});
			return ok({ boxes, cancelled, unknown: unknownLabels(), problems: [], history: project.history });
		},
	};
}

function proposals(image: FakeImage, detector: string): Annotation[] {
	const accepted = acceptedBoxes(image.annotations);
	const found = image.faces.map(({ x, y, side }, index): Annotation => {
		const bbox = {
			x1: Math.round(x),
			y1: Math.round(y - side * 0.1),
			x2: Math.round(x + side),
			y2: Math.round(y + side * 1.05),
		};
		const source = { kind: "detected", detector, score: Math.max(0.42, 0.97 - index * 0.13) } as const;
		return { id: fakeUuid(3, ++made), bbox, category: null, state: "proposed", source, suggestion: null };
	});
	const rules = { minArea: 40, minSide: 5, maxOverlap: 0.2 };
	return found.filter((a) => boxRejection(rules, a.bbox, accepted) === null);
}

import type { AnnotationId } from "../../bindings";
import { isOpen, sureness } from "../../geometry/changes";
import { duplicateOf } from "../../geometry/duplicates";
import { type FakeContext, ok } from ".";

/** The fast lane through the proposals. */
export function fakeReview({ project }: FakeContext) {
	return {
		review: (after: AnnotationId | null) => {
			const open = project.images
				.flatMap((image) =>
					image.annotations.filter(isOpen).map((a) => ({ image: image.id, a, sureness: sureness(a) })),
				)
				.sort((one, other) => one.sureness - other.sureness);
			const atLeast = Array.from({ length: 101 }, (_, n) => open.filter((box) => box.sureness * 100 >= n).length);
			const rest = open.slice(after === null ? 0 : open.findIndex(({ a }) => a.id === after) + 1);
			const [first] = rest;
			const next = first
				? { image: first.image, annotation: first.a.id, sureness: first.sureness, copyOf: null }
				: null;
			return ok({ atLeast, next, ahead: rest.slice(1, 4).map(({ image }) => image) });
		},
		rejectDuplicates: () => {
			project.record("deleteBoxes");
			const isDuplicate = (image: (typeof project.images)[number]) => (a: (typeof image.annotations)[number]) =>
				duplicateOf(a, image.annotations, project.preferences.rules.maxOverlap) !== null;
			const touched = project.images.filter((image) => image.annotations.some(isDuplicate(image)));
			let rejected = 0;
			for (const image of touched) {
				const kept = image.annotations.filter((a) => !isDuplicate(image)(a));
				rejected += image.annotations.length - kept.length;
				image.annotations = kept;
				image.revision += 1;
			}
			const [images, rows] = [touched.map(({ id }) => id), touched.map((image) => project.row(image))];
			return ok({ images, accepted: 0, rejected, rows, categories: project.counted(), history: project.history });
		},
	};
}

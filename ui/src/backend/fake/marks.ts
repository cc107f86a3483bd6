import type { DestinationId, ImageId, ProjectPreferences, Step } from "../../bindings";
import { type FakeContext, ok } from ".";
import { type FakeImage, fakeUuid } from "./project";

let made = 0;

/** Background, destinations, settings. */
export function fakeMarks({ project }: FakeContext) {
	const mark = (step: Step, images: readonly ImageId[], change: Partial<FakeImage>) => {
		project.record(step);
		const touched = project.images.filter((image) => images.includes(image.id));
		for (const image of touched) Object.assign(image, change);
		project.destinations = project.destinations.filter((d) => project.images.some((i) => i.destination === d.id));
		return ok(project.changed(touched, false));
	};
	const folder = () => `/home/you/resized ${++made}`;
	return {
		markBackground: (images: readonly ImageId[], background: boolean) => mark("markBackground", images, { background }),
		chooseDestination: (images: readonly ImageId[]) => {
			const destination = { id: fakeUuid(5, made + 1), path: folder() };
			project.destinations = [...project.destinations, destination];
			return mark("setDestination", images, { destination: destination.id });
		},
		setDestination: (images: readonly ImageId[], destination: DestinationId | null) =>
			mark("setDestination", images, { destination }),
		replaceDestination: (id: DestinationId) => {
			project.record("replaceDestination");
			project.destinations = project.destinations.map((d) => (d.id === id ? { ...d, path: folder() } : d));
			return ok(project.changed([]));
		},
		setPreferences: (preferences: ProjectPreferences) => {
			project.preferences = preferences;
			return ok(null);
		},
	};
}

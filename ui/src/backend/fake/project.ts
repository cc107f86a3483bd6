// The project of the fake backend: images with made-up faces, categories, and a history of whole states.

import type {
	Annotation,
	CategoryView,
	Changed,
	DestinationId,
	DestinationView,
	History,
	ImageId,
	ImageRow,
	ImageSize,
	ImageView,
	ProjectPreferences,
	ProjectView,
	Step,
} from "../../bindings";
import { isOpen } from "../../geometry/changes";
import { listOf } from "../image-list";

export type FakeFace = { x: number; y: number; side: number; mask: number };
export type FakeImage = {
	id: ImageId;
	name: string;
	size: ImageSize;
	faces: FakeFace[];
	revision: number;
	annotations: Annotation[];
	problem: string | null;
	background: boolean;
	destination: DestinationId | null;
};
export type Destination = { id: DestinationId; path: string };
type Marks = Pick<FakeImage, "annotations" | "background" | "destination">;
type State = { images: Map<ImageId, Marks>; categories: CategoryView[]; destinations: Destination[] };

export const CATEGORY_COLORS = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2"];
const SIZES: ImageSize[] = [
	{ width: 1600, height: 1200 },
	{ width: 1200, height: 1600 },
	{ width: 1920, height: 1080 },
];

/** Repeatable numbers from 0 to 1 (mulberry32), so that pictures and tests look the same every time. */
export function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

export function fakeUuid(kind: number, index: number): string {
	return `0000000${kind}-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;
}

export class FakeProject {
	open: boolean;
	images: FakeImage[] = [];
	categories: CategoryView[] = [];
	destinations: Destination[] = [];
	preferences: ProjectPreferences = {
		rules: { minArea: 40, minSide: 5, maxOverlap: 0.2 },
		cropSide: 240,
		square: "grow",
		resizedSide: 1024,
	};
	#past: { step: Step; state: State }[] = [];
	#future: { step: Step; state: State }[] = [];

	/** `boxes`: on the first image, which is of 50 megapixels then: to see how the canvas does. */
	constructor(images: number, boxes = 0) {
		this.open = images > 0;
		if (this.open) this.fill(images);
		const [first] = this.images;
		if (!first || boxes === 0) return;
		first.size = { width: 8660, height: 5774 };
		first.annotations = Array.from({ length: boxes }, (_, index) => this.#gridBox(index, Math.ceil(Math.sqrt(boxes))));
	}

	/** Puts `count` images and the four categories of the sample in. */
	fill(count: number): void {
		this.open = true;
		this.images = Array.from({ length: count }, (_, index) => fakeImage(index));
		this.categories = ["no_mask", "op_mask", "ffp2", "other_mask"].map((name, index) => ({
			id: fakeUuid(2, index + 1),
			name,
			color: CATEGORY_COLORS[index] ?? "#e69f00",
			position: index,
			hotkey: null,
			description: "",
			boxes: 0,
		}));
	}

	image(id: ImageId): FakeImage {
		const found = this.images.find((image) => image.id === id);
		if (!found) throw new Error(`no image ${id} in the fake project`);
		return found;
	}

	view(image: FakeImage): ImageView {
		return { id: image.id, size: image.size, revision: image.revision, annotations: image.annotations };
	}

	row(image: FakeImage): ImageRow {
		const accepted = image.annotations.filter((a) => a.state === "accepted");
		const open = image.annotations.filter(isOpen);
		const scores = open.flatMap((a) => [
			...(a.state === "proposed" && a.source.kind === "detected" ? [a.source.score] : []),
			...(a.suggestion ? [a.suggestion.confidence] : []),
		]);
		return {
			id: image.id,
			revision: image.revision,
			name: image.name,
			folder: "photos",
			size: image.size,
			boxes: accepted.length,
			unlabelled: accepted.filter((a) => a.category === null).length,
			proposals: open.length,
			doubt: scores.length > 0 ? 1 - Math.min(...scores) : null,
			categories: [...new Set(accepted.flatMap((a) => a.category ?? []))],
			background: image.background,
			destination: image.destination,
			modified: "2026-01-02T03:04:05Z",
			problem: image.problem,
		};
	}

	counted(): CategoryView[] {
		const all = this.images.flatMap((image) => image.annotations).filter((a) => a.state === "accepted");
		return this.categories.map((c) => ({ ...c, boxes: all.filter((a) => a.category === c.id).length }));
	}

	countedDestinations(): DestinationView[] {
		const users = (id: DestinationId) => this.images.filter((image) => image.destination === id).length;
		return this.destinations.map((d) => ({ ...d, images: users(d.id) }));
	}

	/** What a change of these images' boxes or marks answers with. */
	changed(images: readonly FakeImage[], boxes = true): Changed {
		return {
			images: boxes ? images.map((image) => image.id) : [],
			rows: images.map((image) => this.row(image)),
			categories: this.counted(),
			destinations: this.countedDestinations(),
			history: this.history,
		};
	}

	get history(): History {
		return { undo: this.#past.at(-1)?.step ?? null, redo: this.#future.at(-1)?.step ?? null };
	}

	viewAll(): ProjectView {
		return {
			name: "Sample",
			path: "/home/you/Bauta/Sample.bauta",
			categories: this.counted(),
			images: listOf(this.images.map((image) => this.row(image))),
			history: this.history,
			readOnly: false,
			preferences: this.preferences,
			destinations: this.countedDestinations(),
			lastImage: this.images[0]?.id ?? null,
		};
	}

	/** Remembers the state before a step. */
	record(step: Step): void {
		this.#past.push({ step, state: this.#state() });
		this.#future = [];
	}

	/** Goes one step back (`undo`) or forth; the images that changed, or null when there is no step. */
	travel(direction: "undo" | "redo"): { step: Step; changed: FakeImage[] } | null {
		const [from, to] = direction === "undo" ? [this.#past, this.#future] : [this.#future, this.#past];
		const entry = from.pop();
		if (!entry) return null;
		to.push({ step: entry.step, state: this.#state() });
		this.categories = entry.state.categories;
		this.destinations = entry.state.destinations;
		const before = (image: FakeImage) => entry.state.images.get(image.id) ?? image;
		const changed = this.images.filter((image) => {
			const { annotations, background, destination } = before(image);
			return annotations !== image.annotations || background !== image.background || destination !== image.destination;
		});
		for (const image of changed) {
			Object.assign(image, before(image));
			image.revision += 1;
		}
		return { step: entry.step, changed };
	}

	#gridBox(index: number, columns: number): Annotation {
		const [x1, y1] = [(index % columns) * (8660 / columns), Math.floor(index / columns) * (5774 / columns)];
		const bbox = { x1, y1, x2: x1 + 6000 / columns, y2: y1 + 4000 / columns };
		const category = this.categories[index % this.categories.length]?.id ?? null;
		return { id: fakeUuid(4, index), bbox, category, state: "accepted", source: { kind: "drawn" }, suggestion: null };
	}

	#state(): State {
		const marks = ({ annotations, background, destination }: FakeImage) => ({ annotations, background, destination });
		const images = new Map(this.images.map((image) => [image.id, marks(image)]));
		return { images, categories: this.categories, destinations: this.destinations };
	}
}

function fakeImage(index: number): FakeImage {
	const random = randomNumbers(index + 1);
	const size = SIZES[index % SIZES.length] ?? { width: 1600, height: 1200 };
	const count = 1 + Math.floor(random() * 4);
	const cell = size.width / count;
	const faces = Array.from({ length: count }, (_, place) => {
		const side = Math.min(cell * 0.62, size.height * 0.4) * (0.7 + 0.3 * random());
		return {
			x: cell * (place + 0.5) - side / 2 + (random() - 0.5) * cell * 0.2,
			y: size.height * (0.3 + 0.25 * random()) - side / 2,
			side,
			mask: Math.floor(random() * 4),
		};
	});
	const name = `img_${String(index + 1).padStart(3, "0")}.jpg`;
	const id = fakeUuid(1, index + 1);
	const marks = { annotations: [], problem: null, background: false, destination: null };
	return { id, name, size, faces, revision: 1, ...marks };
}

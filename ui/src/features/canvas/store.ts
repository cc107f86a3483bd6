// The image that is open: its annotations, which ones are selected, whether they are saved. Plain TypeScript that
// tells its listeners; the screens mirror it.

import type {
	Annotation,
	AnnotationId,
	BoxRules,
	CategoryView,
	ChangeSet,
	ImageId,
	ImageView,
	Saved,
} from "../../bindings";
import { acceptedBoxes, withChanges } from "../../geometry/changes";
import { type BoxRejection, boxRejection } from "../../geometry/rules";
import { SaveQueue, type SaveState, type SaveTransport } from "./save-queue";

export type StoreSnapshot = {
	readonly image: ImageView | null;
	readonly annotations: readonly Annotation[];
	/** In the order in which they were chosen. */
	readonly selected: readonly AnnotationId[];
	readonly save: SaveState;
};

export type StoreHost = {
	categories(): readonly CategoryView[];
	rules(): BoxRules;
	saved(saved: Saved): void;
	refused(message: string): void;
	superseded(): void;
};

const NOTHING: StoreSnapshot = { image: null, annotations: [], selected: [], save: { kind: "saved" } };

export class AnnotationStore {
	#snapshot: StoreSnapshot = NOTHING;
	#queues = new Map<ImageId, SaveQueue>();
	readonly #listeners = new Set<(snapshot: StoreSnapshot) => void>();
	readonly #transport: SaveTransport;
	readonly #host: StoreHost;

	constructor(transport: SaveTransport, host: StoreHost) {
		this.#transport = transport;
		this.#host = host;
	}

	get snapshot(): StoreSnapshot {
		return this.#snapshot;
	}

	/** The selected boxes, in the image's order. */
	get selectedAnnotations(): readonly Annotation[] {
		const { annotations, selected } = this.#snapshot;
		return annotations.filter((a) => selected.includes(a.id));
	}

	/** The box that is selected alone. */
	get onlySelected(): Annotation | null {
		const { annotations, selected } = this.#snapshot;
		return selected.length === 1 ? (annotations.find((a) => a.id === selected[0]) ?? null) : null;
	}

	subscribe(listener: (snapshot: StoreSnapshot) => void): () => void {
		this.#listeners.add(listener);
		listener(this.#snapshot);
		return () => this.#listeners.delete(listener);
	}

	/** Shows an image. Changes of it that still wait to be saved are kept. */
	open(view: ImageView): void {
		const same = this.#snapshot.image?.id === view.id;
		const queue = this.#queues.get(view.id);
		if (queue) queue.replace(view);
		else this.#queues.set(view.id, this.#newQueue(view));
		this.#forgetIdle(view.id);
		this.#show(view.id, same ? this.#snapshot.selected : []);
	}

	close(): void {
		this.#forgetIdle(null);
		this.#publish({ ...NOTHING, save: this.#saveState() });
	}

	/** Before another project opens: nothing of this one may reach it. */
	reset(): void {
		this.#queues = new Map();
		this.#publish(NOTHING);
	}

	/** Selects these boxes and no others. */
	select(...ids: readonly AnnotationId[]): void {
		const { annotations, selected } = this.#snapshot;
		const known = new Set(annotations.map((a) => a.id));
		const wanted = [...new Set(ids)].filter((id) => known.has(id));
		const same = wanted.length === selected.length && wanted.every((id, index) => id === selected[index]);
		if (!same) this.#publish({ ...this.#snapshot, selected: wanted });
	}

	/** Makes changes of the open image: one undo step. The first rule that they break, or null when they stand. */
	commit(changes: ChangeSet): BoxRejection | null {
		const { image, annotations } = this.#snapshot;
		const queue = image && this.#queues.get(image.id);
		if (!queue || changes.length === 0) return null;
		const rejection = this.#rejection(changes, annotations, image);
		if (rejection) return rejection;
		queue.push(changes);
		return null;
	}

	/** The first rule that changes of the open image would break, or null. */
	rejectionOf(changes: ChangeSet): BoxRejection | null {
		const { image, annotations } = this.#snapshot;
		return image && this.#rejection(changes, annotations, image);
	}

	/** The changes that stand when each is made after the ones before it, and the first rule that the others break. */
	standing(changes: ChangeSet): { stand: ChangeSet; refused: BoxRejection | null } {
		const { image, annotations } = this.#snapshot;
		const stand: ChangeSet = [];
		let refused: BoxRejection | null = null;
		if (!image) return { stand, refused };
		const context = { size: image.size, categories: this.#host.categories() };
		let now = annotations;
		for (const change of changes) {
			const rejection = this.#rejection([change], now, image);
			refused ??= rejection;
			if (rejection) continue;
			stand.push(change);
			now = withChanges(now, [change], context);
		}
		return { stand, refused };
	}

	/** Nothing waits to be saved. */
	get idle(): boolean {
		return Array.from(this.#queues.values()).every((queue) => queue.idle);
	}

	retrySaving(): void {
		for (const queue of this.#queues.values()) queue.retry();
	}

	/** Waits for everything on its way; true when all of it is saved. */
	async settled(): Promise<boolean> {
		const all = await Promise.all(Array.from(this.#queues.values(), (queue) => queue.settled()));
		return all.every(Boolean);
	}

	/** Boxes that are changed together are judged by where all of them end, as Rust does. */
	#rejection(changes: ChangeSet, annotations: readonly Annotation[], image: ImageView): BoxRejection | null {
		const context = { size: image.size, categories: this.#host.categories() };
		const before = new Map(annotations.map((a) => [a.id, a]));
		const after = withChanges(annotations, changes, context);
		const placed = new Set(
			changes
				.filter(({ id, kind }) => kind === "add" || kind === "setBox" || before.get(id)?.state === "proposed")
				.map(({ id }) => id),
		);
		const accepted = acceptedBoxes(after);
		for (const { id, bbox } of after) {
			if (!placed.has(id)) continue;
			const rejection = boxRejection(this.#host.rules(), bbox, accepted, id);
			if (rejection) return rejection;
		}
		return null;
	}

	#newQueue(view: ImageView): SaveQueue {
		const listener = {
			changed: () => {
				// Of another project by now.
				if (this.#queues.get(view.id) !== queue) return;
				if (this.#snapshot.image?.id === view.id) this.#show(view.id, this.#snapshot.selected);
				else this.#publish({ ...this.#snapshot, save: this.#saveState() });
			},
			saved: (saved: Saved) => this.#host.saved(saved),
			refused: (message: string) => this.#host.refused(message),
			superseded: () => this.#host.superseded(),
		};
		const queue: SaveQueue = new SaveQueue(view, this.#transport, listener, (annotations, changes, { size }) =>
			withChanges(annotations, changes, { size, categories: this.#host.categories() }),
		);
		return queue;
	}

	/** The state of all images: what is not saved is said, whichever image is open. */
	#saveState(): SaveState {
		const states = Array.from(this.#queues.values(), ({ state }) => state);
		const worst = states.find(({ kind }) => kind === "failed") ?? states.find(({ kind }) => kind === "saving");
		return worst ?? { kind: "saved" };
	}

	/** Queues of images that are not shown live until they are empty. */
	#forgetIdle(except: ImageId | null): void {
		for (const [id, queue] of this.#queues) if (id !== except && queue.idle) this.#queues.delete(id);
	}

	#show(id: ImageId, selected: readonly AnnotationId[]): void {
		const queue = this.#queues.get(id);
		if (!queue) return;
		const { annotations, view } = queue;
		const kept = selected.filter((chosen) => annotations.some((a) => a.id === chosen));
		this.#publish({ image: view, annotations, selected: kept, save: this.#saveState() });
	}

	#publish(snapshot: StoreSnapshot): void {
		this.#snapshot = snapshot;
		for (const listener of this.#listeners) listener(snapshot);
	}
}

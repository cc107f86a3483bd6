// The image that is open: its annotations, which one is selected, whether they are saved. Plain TypeScript that
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
	readonly selected: AnnotationId | null;
	readonly save: SaveState;
};

export type StoreHost = {
	categories(): readonly CategoryView[];
	rules(): BoxRules;
	saved(saved: Saved): void;
	refused(message: string): void;
	superseded(): void;
};

const NOTHING: StoreSnapshot = { image: null, annotations: [], selected: null, save: { kind: "saved" } };

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

	get selectedAnnotation(): Annotation | null {
		const { annotations, selected } = this.#snapshot;
		return annotations.find((a) => a.id === selected) ?? null;
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
		this.#show(view.id, same ? this.#snapshot.selected : null);
	}

	close(): void {
		this.#forgetIdle(null);
		this.#publish(NOTHING);
	}

	/** Before another project opens: nothing of this one may reach it. */
	reset(): void {
		this.#queues = new Map();
		this.#publish(NOTHING);
	}

	select(id: AnnotationId | null): void {
		if (id !== this.#snapshot.selected) this.#publish({ ...this.#snapshot, selected: id });
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

	#rejection(changes: ChangeSet, annotations: readonly Annotation[], image: ImageView): BoxRejection | null {
		const context = { size: image.size, categories: this.#host.categories() };
		const after = withChanges(annotations, changes, context);
		for (const { id, kind } of changes) {
			const changed = after.find((a) => a.id === id);
			const before = annotations.find((a) => a.id === id);
			const moved = kind === "add" || kind === "setBox" || before?.state === "proposed";
			if (!changed || !moved) continue;
			const rejection = boxRejection(this.#host.rules(), changed.bbox, acceptedBoxes(after, id));
			if (rejection) return rejection;
		}
		return null;
	}

	#newQueue(view: ImageView): SaveQueue {
		const listener = {
			changed: () => {
				if (this.#snapshot.image?.id === view.id) this.#show(view.id, this.#snapshot.selected);
			},
			saved: (saved: Saved) => this.#host.saved(saved),
			refused: (message: string) => this.#host.refused(message),
			superseded: () => this.#host.superseded(),
		};
		return new SaveQueue(view, this.#transport, listener, (annotations, changes, { size }) =>
			withChanges(annotations, changes, { size, categories: this.#host.categories() }),
		);
	}

	/** Queues of images that are not shown live until they are empty. */
	#forgetIdle(except: ImageId | null): void {
		for (const [id, queue] of this.#queues) if (id !== except && queue.idle) this.#queues.delete(id);
	}

	#show(id: ImageId, selected: AnnotationId | null): void {
		const queue = this.#queues.get(id);
		if (!queue) return;
		const { annotations, state, view } = queue;
		const kept = annotations.some((a) => a.id === selected) ? selected : null;
		const failed = Array.from(this.#queues.values(), (q) => q.state).find((s) => s.kind === "failed");
		this.#publish({ image: view, annotations, selected: kept, save: failed ?? state });
	}

	#publish(snapshot: StoreSnapshot): void {
		this.#snapshot = snapshot;
		for (const listener of this.#listeners) listener(snapshot);
	}
}

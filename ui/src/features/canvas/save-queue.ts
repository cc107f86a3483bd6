// The way of one image's edits to the file: shown at once, saved one after another, each answered with a new
// revision. Nothing that is not saved is ever forgotten silently.

import { answered, type Result } from "../../backend";
import type { Annotation, AnnotationChange, ChangeSet, ImageId, ImageView, Revision, Saved } from "../../bindings";

export type SaveState = { kind: "saved" } | { kind: "saving" } | { kind: "failed"; message: string };

export type SaveTransport = {
	saveAnnotations(id: ImageId, revision: Revision, changes: ChangeSet): Promise<Result<Saved>>;
	openImage(id: ImageId): Promise<Result<ImageView>>;
};

export type SaveListener = {
	/** The annotations or the state of saving changed. */
	changed(): void;
	saved(saved: Saved): void;
	/** The program will never take this change; it was taken back. */
	refused(message: string): void;
	/** Somebody else changed the image and some of our changes have nothing to change any more. */
	superseded(): void;
};

type Apply = (annotations: readonly Annotation[], changes: ChangeSet, view: ImageView) => readonly Annotation[];

/** After so many conflicts in a row something else is wrong. */
const MAX_CONFLICTS = 3;

export class SaveQueue {
	#base: ImageView;
	#waiting: ChangeSet[] = [];
	#state: SaveState = { kind: "saved" };
	#running: Promise<void> | null = null;
	#shown: readonly Annotation[];
	readonly #transport: SaveTransport;
	readonly #listener: SaveListener;
	readonly #apply: Apply;

	constructor(view: ImageView, transport: SaveTransport, listener: SaveListener, apply: Apply) {
		this.#base = view;
		this.#shown = view.annotations;
		this.#transport = transport;
		this.#listener = listener;
		this.#apply = apply;
	}

	get view(): ImageView {
		return this.#base;
	}

	/** The annotations as the user sees them: saved ones with the waiting changes applied. */
	get annotations(): readonly Annotation[] {
		return this.#shown;
	}

	get state(): SaveState {
		return this.#state;
	}

	get idle(): boolean {
		return this.#waiting.length === 0;
	}

	push(changes: ChangeSet): void {
		this.#waiting.push(changes);
		this.#show(this.#state.kind === "failed" ? this.#state : { kind: "saving" });
		if (this.#state.kind !== "failed") this.#start();
	}

	retry(): void {
		if (this.#state.kind !== "failed") return;
		this.#show({ kind: "saving" });
		this.#start();
	}

	/** Waits until nothing is on its way; true when everything is saved. */
	async settled(): Promise<boolean> {
		while (this.#running) await this.#running;
		return this.#waiting.length === 0;
	}

	/** Takes the image as another road (undo, a job) left it. Waiting changes are applied on top. */
	replace(view: ImageView): void {
		this.#base = view;
		this.#drop();
		this.#show(this.#state);
	}

	#start(): void {
		if (this.#running) return;
		this.#running = this.#run().finally(() => {
			this.#running = null;
		});
	}

	async #run(): Promise<void> {
		let conflicts = 0;
		for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
			const { id, revision } = this.#base;
			const answer = await answered(this.#transport.saveAnnotations(id, revision, next));
			if (answer.status === "ok") {
				conflicts = 0;
				this.#waiting.shift();
				this.#base = answer.data.image;
				this.#listener.saved(answer.data);
				this.#show(this.#waiting.length > 0 ? { kind: "saving" } : { kind: "saved" });
				continue;
			}
			const { code, message } = answer.error;
			if (code === "conflict" && ++conflicts <= MAX_CONFLICTS && (await this.#reload())) continue;
			if (code === "invalidInput") {
				this.#waiting.shift();
				this.#drop();
				this.#show(this.#waiting.length > 0 ? { kind: "saving" } : { kind: "saved" });
				this.#listener.refused(message);
				continue;
			}
			return this.#show({ kind: "failed", message });
		}
		this.#show({ kind: "saved" });
	}

	async #reload(): Promise<boolean> {
		const fresh = await answered(this.#transport.openImage(this.#base.id));
		if (fresh.status === "error") return false;
		this.#base = fresh.data;
		if (this.#drop()) this.#listener.superseded();
		this.#show({ kind: "saving" });
		return true;
	}

	/** Leaves out what changes boxes that are not there any more; true when there was such. */
	#drop(): boolean {
		const known = new Set(this.#base.annotations.map((a) => a.id));
		const possible = (change: AnnotationChange) => {
			if (change.kind === "add") return !known.has(change.id) && known.add(change.id) !== undefined;
			return known.has(change.id);
		};
		const before = this.#waiting.flat().length;
		this.#waiting = this.#waiting.map((changes) => changes.filter(possible)).filter((changes) => changes.length > 0);
		return this.#waiting.flat().length < before;
	}

	#show(state: SaveState): void {
		this.#state = state;
		this.#shown = this.#waiting.reduce(
			(now, changes) => this.#apply(now, changes, this.#base),
			this.#base.annotations as readonly Annotation[],
		);
		this.#listener.changed();
	}
}

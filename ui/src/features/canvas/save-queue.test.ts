// @vitest-environment node
import { beforeEach, expect, test, vi } from "vitest";
import type { Result } from "../../backend";
import type { AnnotationChange, ChangeSet, CommandError, ImageView, Saved } from "../../bindings";
import { withChanges } from "../../geometry/changes";
import { bbox, drawnBox, imageView } from "./fixtures";
import { type SaveListener, SaveQueue } from "./save-queue";

const add = (id: string, x = 0): AnnotationChange => ({
	kind: "add",
	id,
	bbox: bbox(x, 0, x + 50, 50),
	category: null,
});
const move = (id: string, x: number): AnnotationChange => ({ kind: "setBox", id, bbox: bbox(x, 0, x + 50, 50) });
const error = <T>(code: CommandError["code"]): Result<T> => ({
	status: "error",
	error: { code, message: `it is ${code}` },
});

/** The file: it answers when `answer` is called. */
class Store {
	image: ImageView = imageView();
	calls: { revision: number; changes: ChangeSet }[] = [];
	#waiting: (() => void)[] = [];
	fail: Result<Saved> | null = null;

	readonly saveAnnotations = (_id: string, revision: number, changes: ChangeSet): Promise<Result<Saved>> => {
		this.calls.push({ revision, changes });
		return new Promise((resolve) => {
			this.#waiting.push(() => resolve(this.#save(revision, changes)));
		});
	};
	readonly openImage = (): Promise<Result<ImageView>> => Promise.resolve({ status: "ok", data: this.image });

	async answer(): Promise<void> {
		await vi.waitUntil(() => this.#waiting.length > 0);
		this.#waiting.shift()?.();
		await new Promise((done) => setTimeout(done));
	}
	#save(revision: number, changes: ChangeSet): Result<Saved> {
		if (this.fail) return this.fail;
		if (revision !== this.image.revision) return error("conflict");
		const after = withChanges(this.image.annotations, changes, { size: this.image.size, categories: [] });
		this.image = { ...this.image, revision: revision + 1, annotations: [...after] };
		const data = { image: this.image } as Saved;
		return { status: "ok", data };
	}
}

let store: Store;
let queue: SaveQueue;
const listener = { changed: vi.fn(), saved: vi.fn(), refused: vi.fn(), superseded: vi.fn() } satisfies SaveListener;

beforeEach(() => {
	store = new Store();
	vi.resetAllMocks();
	queue = new SaveQueue(store.image, store, listener, (annotations, changes, { size }) =>
		withChanges(annotations, changes, { size, categories: [] }),
	);
});

test("a change is shown at once and saved afterwards", async () => {
	queue.push([add("a")]);
	expect(queue.annotations.map((a) => a.id)).toEqual(["a"]);
	expect(queue.state).toEqual({ kind: "saving" });
	await store.answer();
	expect(queue.state).toEqual({ kind: "saved" });
	expect(listener.saved).toHaveBeenCalledOnce();
});

test("one change set is on its way at a time, each on the revision that the one before made", async () => {
	queue.push([add("a")]);
	queue.push([move("a", 10)]);
	queue.push([move("a", 20)]);
	expect(store.calls).toHaveLength(1);
	await store.answer();
	await store.answer();
	await store.answer();
	expect(store.calls.map((call) => call.revision)).toEqual([1, 2, 3]);
	expect(store.image.annotations[0]?.bbox.x1).toBe(20);
	expect(await queue.settled()).toBe(true);
});

test("on a conflict the image is loaded again and the change made on it", async () => {
	queue.push([add("a")]);
	store.image = imageView([drawnBox("other", bbox(500, 500, 600, 600))], 7);
	await store.answer();
	await store.answer();
	expect(queue.annotations.map((a) => a.id)).toEqual(["other", "a"]);
	expect(queue.state).toEqual({ kind: "saved" });
	expect(listener.superseded).not.toHaveBeenCalled();
});

test("a change of a box that somebody deleted meanwhile is left out, and said so", async () => {
	store.image = imageView([drawnBox("a", bbox(0, 0, 50, 50))]);
	queue.replace(store.image);
	queue.push([move("a", 10)]);
	store.image = imageView([], 2);
	await store.answer();
	expect(queue.annotations).toEqual([]);
	expect(listener.superseded).toHaveBeenCalledOnce();
	expect(await queue.settled()).toBe(true);
});

test("a change that the file cannot take stays on screen until a retry saves it", async () => {
	store.fail = error("internal");
	queue.push([add("a")]);
	await store.answer();
	queue.push([move("a", 30)]);
	expect(queue.state).toEqual({ kind: "failed", message: "it is internal" });
	expect(queue.annotations[0]?.bbox.x1).toBe(30);
	expect(await queue.settled()).toBe(false);

	store.fail = null;
	queue.retry();
	await store.answer();
	await store.answer();
	expect(queue.state).toEqual({ kind: "saved" });
	expect(store.image.annotations[0]?.bbox.x1).toBe(30);
});

test("a change against the rules is taken back with the reason, and what follows from it too", async () => {
	store.fail = error("invalidInput");
	queue.push([add("a")]);
	queue.push([move("a", 10)]);
	await store.answer();
	expect(queue.annotations).toEqual([]);
	expect(listener.refused).toHaveBeenCalledWith("it is invalidInput");
	expect(await queue.settled()).toBe(true);
	expect(queue.state).toEqual({ kind: "saved" });
});

test("conflicts without end become an error instead of a loop", async () => {
	store.fail = error("conflict");
	queue.push([add("a")]);
	for (let turn = 0; turn < 4; turn++) await store.answer();
	expect(queue.state.kind).toBe("failed");
	expect(store.calls).toHaveLength(4);
});

test("a program that is gone counts as not saved", async () => {
	const gone = {
		saveAnnotations: () => Promise.reject(new Error("the window lost its program")),
		openImage: store.openImage,
	};
	queue = new SaveQueue(store.image, gone, listener, (annotations) => annotations);
	queue.push([add("a")]);
	await queue.settled();
	expect(queue.state).toEqual({ kind: "failed", message: "the window lost its program" });
});

// @vitest-environment node
import { expect, test, vi } from "vitest";
import { ok } from "../../backend/fake";
import type { ChangeSet, ImageView, Saved } from "../../bindings";
import { withChanges } from "../../geometry/changes";
import { bbox, drawnBox, imageView, proposedBox } from "./fixtures";
import { AnnotationStore } from "./store";

function storeOf(...views: ImageView[]) {
	const images = new Map(views.map((view) => [view.id, view]));
	const get = (id: string) => images.get(id) ?? imageView();
	const transport = {
		openImage: (id: string) => ok(get(id)),
		saveAnnotations: vi.fn((id: string, _revision: number, changes: ChangeSet) => {
			const old = get(id);
			const annotations = [...withChanges(old.annotations, changes, { size: old.size, categories: [] })];
			images.set(id, { ...old, annotations, revision: old.revision + 1 });
			return ok({ image: get(id) } as Saved);
		}),
	};
	const rules = { minArea: 40, minSide: 5, maxOverlap: 0.2 };
	const host = { categories: () => [], rules: () => rules, saved: vi.fn(), refused: vi.fn(), superseded: vi.fn() };
	return { store: new AnnotationStore(transport, host), transport, host };
}

test("a box that breaks a rule is not kept and not sent", () => {
	const { store, transport } = storeOf();
	store.open(imageView([drawnBox("a", bbox(0, 0, 100, 100))]));
	const rejection = store.commit([{ kind: "add", id: "b", bbox: bbox(10, 10, 90, 90), category: null }]);
	expect(rejection?.kind).toBe("overlaps");
	expect(store.snapshot.annotations).toHaveLength(1);
	expect(transport.saveAnnotations).not.toHaveBeenCalled();
});

test("a proposal may lie under a new box, but cannot be accepted on an accepted one", () => {
	const { store } = storeOf();
	store.open(imageView([proposedBox("p", bbox(0, 0, 100, 100))]));
	expect(store.commit([{ kind: "add", id: "b", bbox: bbox(10, 10, 90, 90), category: null }])).toBeNull();
	expect(store.commit([{ kind: "accept", id: "p" }])?.kind).toBe("overlaps");
});

test("boxes that move together are judged by where they end", () => {
	const { store } = storeOf();
	store.open(imageView([drawnBox("a", bbox(0, 0, 100, 100)), drawnBox("b", bbox(110, 0, 210, 100))]));
	const right = (id: string, x: number) => ({ kind: "setBox", id, bbox: bbox(x, 0, x + 100, 100) }) as const;
	expect(store.rejectionOf([right("a", 110)])?.kind).toBe("overlaps");
	expect(store.commit([right("a", 110), right("b", 220)])).toBeNull();
});

test("of many boxes those that break no rule stand", () => {
	const { store } = storeOf();
	store.open(imageView([drawnBox("a", bbox(0, 0, 100, 100))]));
	const add = (id: string, x: number) => ({ kind: "add", id, bbox: bbox(x, 0, x + 100, 100), category: null }) as const;
	const { stand, refused } = store.standing([add("b", 10), add("c", 110), add("d", 120)]);
	expect(stand.map(({ id }) => id)).toEqual(["c"]);
	expect(refused?.kind).toBe("overlaps");
});

test("giving a category is free of the rules that only concern the place", () => {
	const { store } = storeOf();
	store.open(imageView([drawnBox("a", bbox(0, 0, 100, 100)), drawnBox("b", bbox(10, 10, 90, 90))]));
	expect(store.commit([{ kind: "setCategory", id: "b", category: "c1" }])).toBeNull();
});

test("the selection ends with the box and with the image", async () => {
	const other = { ...imageView(), id: "other" };
	const { store } = storeOf(other);
	store.open(imageView([drawnBox("a", bbox(0, 0, 100, 100))]));
	store.select("a");
	store.commit([{ kind: "remove", id: "a" }]);
	expect(store.snapshot.selected).toEqual([]);
	store.open(other);
	expect(store.snapshot.image?.id).toBe("other");
	expect(await store.settled()).toBe(true);
});

test("what is not saved is said whichever image is open, and no longer once it is saved", async () => {
	const other = { ...imageView(), id: "other" };
	const { store, transport } = storeOf(imageView(), other);
	transport.saveAnnotations.mockImplementationOnce(() =>
		Promise.resolve({ status: "error", error: { code: "io", message: "disk full" } } as never),
	);
	store.open(imageView());
	store.commit([{ kind: "add", id: "a", bbox: bbox(0, 0, 50, 50), category: null }]);
	expect(await store.settled()).toBe(false);
	store.close();
	expect(store.snapshot.save).toEqual({ kind: "failed", message: "disk full" });
	store.open(other);
	expect(store.snapshot.save.kind).toBe("failed");
	store.retrySaving();
	expect(store.snapshot.save.kind).toBe("saving");
	expect(await store.settled()).toBe(true);
	expect(store.snapshot.save.kind).toBe("saved");
});

test("an answer for a project that was left says nothing about the next one", async () => {
	const { store } = storeOf(imageView());
	store.open(imageView());
	store.commit([{ kind: "add", id: "a", bbox: bbox(0, 0, 50, 50), category: null }]);
	const left = store.settled();
	store.reset();
	await left;
	expect(store.snapshot.save.kind).toBe("saved");
	expect(store.snapshot.image).toBeNull();
});

test("changes of an image that was left are still saved", async () => {
	const { store, host } = storeOf(imageView());
	store.open(imageView());
	store.commit([{ kind: "add", id: "a", bbox: bbox(0, 0, 50, 50), category: null }]);
	store.open({ ...imageView(), id: "other" });
	expect(await store.settled()).toBe(true);
	expect(host.saved).toHaveBeenCalledOnce();
	expect(store.snapshot.annotations).toEqual([]);
});

import { expect, test } from "vitest";
import type { ImageRow } from "../../bindings";
import { imageRow } from "./fixtures";
import { naturalKey, rowOrder } from "./row-order";
import { ShownImages } from "./shown-images.svelte";
import { listOf } from "./shown-images-fixture.svelte";

const names = (rows: readonly ImageRow[]) => rows.map((row) => row.name).join(" ");

test("names sort as people order them", () => {
	const wanted = ["a", "img1", "img02", "IMG3", "img10", "img100", "img100b", "img ü", "7", "007b", "0"];
	const sorted = [...wanted].sort((a, b) => (naturalKey(a) < naturalKey(b) ? -1 : 1));
	expect(sorted).toEqual(["0", "7", "007b", "a", "img ü", "img1", "img02", "IMG3", "img10", "img100", "img100b"]);
});

test("images sort by name, date and doubt, and what has no date or doubt comes last", () => {
	const rows = [
		imageRow({ name: "b10", doubt: 0.2, modified: null }),
		imageRow({ name: "b9", doubt: null, modified: "2026-01-02T00:00:00Z" }),
		imageRow({ name: "a1", doubt: 0.6, modified: "2025-01-02T00:00:00Z" }),
	];
	expect([...rowOrder(rows, "folder")]).toEqual([0, 1, 2]);
	expect([...rowOrder(rows, "name")]).toEqual([2, 1, 0]);
	expect([...rowOrder(rows, "date")]).toEqual([2, 1, 0]);
	expect([...rowOrder(rows, "doubt")]).toEqual([2, 0, 1]);
});

test("next and previous go through what is shown", () => {
	const list = listOf(["a1", "b1", "a2", "b2"].map((name) => imageRow({ name })));
	const shown = new ShownImages(list.rows, list.current);
	shown.text = " A";
	list.open(0);
	expect(names(shown.rows)).toBe("a1 a2");
	expect(shown.neighbour(1)?.name).toBe("a2");
	list.open(2);
	expect(shown.neighbour(1)).toBeNull();
	expect(shown.neighbour(-1)?.name).toBe("a1");
	list.open(1);
	expect(shown.neighbour(1)?.name).toBe("a2");
	expect(shown.nextOf((row) => row.name === "a1")?.name).toBe("a1");
});

test("the open image stays in the list when it passes no longer, until another one is opened", () => {
	const list = listOf(["a", "b", "c"].map((name) => imageRow({ name })));
	const shown = new ShownImages(list.rows, list.current);
	shown.filter = "unlabelled";
	list.open(1);
	expect(names(shown.rows)).toBe("a b c");
	list.change(1, { boxes: 1 });
	expect(names(shown.rows)).toBe("a b c");
	expect(shown.neighbour(1)?.name).toBe("c");
	list.open(2);
	expect(names(shown.rows)).toBe("a c");
});

test("what is sorted by doubt keeps its order while one works, until it is sorted anew", () => {
	const list = listOf([imageRow({ name: "a", doubt: 0.9 }), imageRow({ name: "b", doubt: 0.5 })]);
	const shown = new ShownImages(list.rows, list.current);
	shown.order = "doubt";
	list.open(0);
	expect(names(shown.rows)).toBe("a b");
	list.change(0, { doubt: null });
	expect(names(shown.rows)).toBe("a b");
	shown.sort();
	expect(names(shown.rows)).toBe("b a");
});

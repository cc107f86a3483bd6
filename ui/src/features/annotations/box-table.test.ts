import { expect, test } from "vitest";
import { createFakeBackend } from "../../backend/fake";
import { BoxTable, PAGE } from "./box-table.svelte";

/** A table over one image with so many boxes. */
async function tableOf(boxes: number) {
	const backend = createFakeBackend({ images: 1, boxes, wait: () => Promise.resolve() });
	const table = new BoxTable(backend);
	table.see(0, 20);
	await table.reload();
	const asked = () => backend.calls.filter((name) => name === "annotationsTable").length;
	return { backend, table, asked };
}
const settled = () => new Promise((done) => setTimeout(done));

test("only pages in sight are asked for, each once", async () => {
	const { table, asked } = await tableOf(1000);
	const before = asked();
	expect(table.total).toBe(1000);
	expect(table.row(5)).toBeDefined();
	expect(table.row(950)).toBeUndefined();
	table.see(940, 960);
	table.see(941, 961);
	await settled();
	expect(table.row(950)).toBeDefined();
	expect(asked()).toBe(before + 1);
	expect(PAGE).toBeGreaterThan(40);
});

test("a range reaches over rows that are not loaded, and all means all of the query", async () => {
	const { table } = await tableOf(1000);
	await table.choose(3);
	await table.choose(702, { extend: true });
	expect(table.chosen).toBe(700);
	table.chooseAll();
	expect(table.chosen).toBe(1000);
	expect(table.choice).toEqual({ kind: "table", query: table.query });
	await table.choose(0, { toggle: true });
	expect(table.chosen).toBe(999);
	expect(table.choice.kind).toBe("ids");
});

test("another order starts at its beginning with nothing chosen, and the same column again turns it round", async () => {
	const { table } = await tableOf(300);
	await table.choose(120);
	await table.sortBy("area");
	expect([table.cursor, table.chosen, table.query.descending]).toEqual([0, 0, false]);
	await table.sortBy("area");
	expect(table.query.descending).toBe(true);
});

test("after a change the rows are loaded anew and what was chosen stays chosen", async () => {
	const { backend, table } = await tableOf(50);
	await table.choose(0);
	const before = table.row(0)?.annotation.category;
	await backend.setCategoryOf(table.choice, null);
	await table.reload();
	expect(before).not.toBeNull();
	expect(table.row(0)?.annotation.category).toBeNull();
	expect(table.chosen).toBe(1);
});

test("changes that come faster than answers do not keep the table from being shown", async () => {
	const { backend, table, asked } = await tableOf(50);
	await backend.deleteBoxes({ kind: "ids", ids: [table.row(0)?.annotation.id ?? ""] });
	const before = asked();
	const first = table.refresh();
	for (let change = 0; change < 20; change++) void table.refresh();
	await first;
	expect(table.total).toBe(49);
	expect(asked()).toBeLessThanOrEqual(before + 2);
});

test("an answer that comes after another question is not shown", async () => {
	const { backend, table } = await tableOf(50);
	const slow = table.ask({ search: "img" });
	await table.ask({ search: "no such image" });
	await slow;
	expect(table.total).toBe(0);
	backend.failNext("annotationsTable", { code: "internal", message: "the file is damaged" });
	await table.reload();
	expect(table.problem).toBe("the file is damaged");
});

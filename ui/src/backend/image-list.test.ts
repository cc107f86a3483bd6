// @vitest-environment node
import { expect, test } from "vitest";
import type { ImageRow } from "../bindings";
import { listOf, rowsOf } from "./image-list";

const ROW: ImageRow = {
	id: "a",
	name: "a.jpg",
	folder: "/photos",
	size: null,
	boxes: 0,
	unlabelled: 0,
	proposals: 0,
	doubt: null,
	categories: [],
	background: false,
	destination: null,
	modified: null,
	problem: null,
};

test("rows come back as they were", () => {
	const rows: ImageRow[] = [
		{ ...ROW, background: true },
		{ ...ROW, id: "b", size: { width: 3, height: 4 }, boxes: 2, doubt: 0.5, categories: ["ffp2"] },
		{
			...ROW,
			id: "c",
			problem: "gone",
			destination: "d",
			modified: "2030-01-02T03:04:05Z",
			proposals: 1,
			unlabelled: 1,
		},
	];
	expect(rowsOf(listOf(rows))).toEqual(rows);
});

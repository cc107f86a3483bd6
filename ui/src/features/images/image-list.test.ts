// @vitest-environment node
import { expect, test } from "vitest";
import { listOf, rowsOf } from "../../backend/image-list";
import { imageRow } from "./fixtures";

test("rows come back as they were", () => {
	const rows = [
		{ background: true },
		{ id: "b", size: { width: 3, height: 4 }, boxes: 2, doubt: 0.5, categories: ["ffp2"] },
		{ id: "c", problem: "gone", destination: "d", modified: "2030-01-02T03:04:05Z", proposals: 1, unlabelled: 1 },
	].map(imageRow);
	expect(rowsOf(listOf(rows))).toEqual(rows);
});

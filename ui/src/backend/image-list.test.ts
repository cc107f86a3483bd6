// @vitest-environment node
import { expect, test } from "vitest";
import { imageRow } from "../features/images/fixtures";
import { listOf, rowsOf } from "./image-list";

test("rows come back as they were", () => {
	const rows = [
		{ size: null, background: true },
		{ size: { width: 3, height: 4 }, boxes: 2, doubt: 0.5, categories: ["ffp2"] },
		{ problem: "gone", destination: "d", modified: "2030-01-02T03:04:05Z", proposals: 1, unlabelled: 1 },
	].map(imageRow);
	expect(rowsOf(listOf(rows))).toEqual(rows);
});

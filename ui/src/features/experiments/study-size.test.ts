// @vitest-environment node
import { expect, test } from "vitest";
import { trainingsOf } from "./study-size";

test("a size of one's own is one more, and numbers of epochs that are the same are one", () => {
	expect([trainingsOf("models", 96, 15), trainingsOf("losses", 96, 15)]).toEqual([4, 3]);
	expect([trainingsOf("sizes", 96, 15), trainingsOf("sizes", 100, 15)]).toEqual([5, 6]);
	expect([trainingsOf("epochs", 96, 15), trainingsOf("epochs", 96, 1)]).toEqual([4, 2]);
	expect([trainingsOf("all", 96, 15), trainingsOf("all", 100, 1)]).toEqual([13, 12]);
});

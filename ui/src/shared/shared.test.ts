import { expect, test } from "vitest";
import type { CategoryView } from "../bindings";
import { accuracyInWords } from "./accuracy";
import { categoryOfDigit, digitOf, keyOf } from "./category-keys";
import { pickerOptions } from "./category-options";
import { contrastRatio, textOn } from "./contrast";
import { pressedKey, shownKey, typesText } from "./keys";
import { newUuid } from "./uuid";
import { mostRows, scrollTopFor, virtualRange } from "./virtual-range";

const category = (name: string) => ({
	id: name,
	name,
	color: "#000000",
	position: 0,
	hotkey: null,
	description: "",
	boxes: 0,
});

test.each([
	[0.83, "0.83: about one in six wrong"],
	[0.9, "0.90: about one in ten wrong"],
	[0.95, "0.95: about one in 20 wrong"],
	[0.5, "0.50: about half of them wrong"],
	[0.25, "0.25: most of them wrong"],
	[0.997, "0.997: fewer than one in two hundred wrong"],
	[1, "1.00: none of them wrong"],
])("an accuracy of %d is said as %s", (accuracy, words) => {
	expect(accuracyInWords(accuracy)).toBe(words);
});

test("black is on light colours and white on dark ones", () => {
	expect(textOn("#f0e442")).toBe("#000000");
	expect(textOn("#0072b2")).toBe("#ffffff");
	expect(contrastRatio("#000000", "#ffffff")).toBeCloseTo(21, 6);
});

test("the picker offers what matches, beginnings first, and a new category unless there is one", () => {
	const names = (typed: string) =>
		pickerOptions(["no_mask", "mask", "ffp2"].map(category), typed).map((o) =>
			o.kind === "category" ? o.category.name : o.kind === "create" ? `+${o.name}` : "none",
		);
	expect(names("")).toEqual(["no_mask", "mask", "ffp2", "none"]);
	const [first] = pickerOptions([category("mask")], "", category("mask"));
	expect(first?.kind).toBe("last");
	expect(names("mask")).toEqual(["mask", "no_mask"]);
	expect(names(" Visor ")).toEqual(["+Visor"]);
	expect(names("FFP2")).toEqual(["ffp2"]);
});

test("keys are written as in the table of shortcuts", () => {
	const key = (key: string, held: Partial<KeyboardEvent> = {}) =>
		pressedKey({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });
	expect(key("a", { shiftKey: true })).toBe("Shift+A");
	expect(key("Z", { ctrlKey: true, shiftKey: true })).toBe("Ctrl+Shift+Z");
	expect(key("?", { shiftKey: true })).toBe("?");
	expect(key("+", { shiftKey: true })).toBe("+");
	expect(key(" ")).toBe("Space");
	expect(key("ArrowUp", { altKey: true })).toBe("Alt+ArrowUp");
	expect(shownKey("+")).toBe("+");
	expect(shownKey("Alt+ArrowUp")).toBe("Alt ↑");
});

test("letters typed into a field are text, on a checkbox they are not", () => {
	const input = document.createElement("input");
	expect(typesText(input)).toBe(true);
	input.type = "checkbox";
	expect(typesText(input)).toBe(false);
	expect(typesText(document.body)).toBe(false);
});

test("only rows in sight and a few more exist", () => {
	expect(virtualRange(10_000, 60, 6000, 600)).toEqual({ first: 94, last: 116 });
	expect(virtualRange(3, 60, 0, 600)).toEqual({ first: 0, last: 3 });
	expect(virtualRange(0, 60, 0, 600)).toEqual({ first: 0, last: 0 });
	expect(virtualRange(5, 60, 6000, 600)).toEqual({ first: 5, last: 5 });
	for (const height of [0, 59, 60, 61, 600]) {
		const counts = Array.from({ length: 121 }, (_, top) => virtualRange(10_000, 60, 6000 + top, height));
		expect(Math.max(...counts.map(({ first, last }) => last - first))).toBeLessThanOrEqual(mostRows(60, height));
	}
});

test("a list scrolls no further than it must", () => {
	expect(scrollTopFor(2, 60, 0, 600)).toBe(0);
	expect(scrollTopFor(10, 60, 0, 600)).toBe(60);
	expect(scrollTopFor(1, 60, 300, 600)).toBe(60);
});

test("identities are version 4 UUIDs and differ", () => {
	const made = new Set(Array.from({ length: 50 }, newUuid));
	expect(made.size).toBe(50);
	for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

const keyed = (name: string, hotkey: string | null): CategoryView =>
	({ id: name, name, hotkey, color: "#e69f00", position: 0, description: "", boxes: 0 }) as unknown as CategoryView;

test("a digit gives the category that owns it, or else the one at its place", () => {
	const four = [keyed("a", null), keyed("b", "1"), keyed("c", "x"), keyed("d", null)];
	expect(four.map((one) => digitOf(one, four))).toEqual([null, "1", "3", "4"]);
	expect(four.map((one) => keyOf(one, four))).toEqual([null, "1", "X", "4"]);
	expect(categoryOfDigit("1", four)?.name).toBe("b");
	expect(categoryOfDigit("2", four)?.name).toBe("b");
	expect(categoryOfDigit("9", four)).toBeUndefined();
	const ten = Array.from({ length: 10 }, (_, n) => keyed(`c${n}`, null));
	expect(ten.map((one) => digitOf(one, ten))).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", null]);
});

import { expect, test } from "vitest";
import { sendPinch } from "./pinch";
import { listenToPointer, type PointerTarget } from "./pointer-events";

test("a pinch that the window tells of zooms what is below the fingers by the steps between them", () => {
	const canvas = document.createElement("canvas");
	const factors: number[] = [];
	const wheel: PointerTarget["wheel"] = (_, meaning) => {
		if (meaning.kind === "zoom") factors.push(meaning.factor);
	};
	const unused = () => {};
	const others = { press: unused, move: unused, release: unused, abort: unused, leave: unused, doubleClick: unused };
	const target: PointerTarget = { ...others, menu: unused, wheel };
	listenToPointer(canvas, target, new AbortController().signal);
	const asked: number[][] = [];
	const page = { elementFromPoint: (...at: number[]) => asked.push(at) && canvas } as unknown as Document;
	const pinch = (scale: number, begins = false) => sendPinch({ x: 300, y: 150, scale, begins }, 1.5, page);
	pinch(1, true);
	for (const scale of [1.5, 3]) pinch(scale);
	pinch(1, true);
	pinch(0.5);
	expect(factors).toEqual([1.5, 2, 0.5]);
	expect(asked[0]).toEqual([200, 100]);
});

// @vitest-environment node
import { expect, test } from "vitest";
import { WheelReader } from "./wheel";

const still = { deltaX: 0, deltaY: 0, deltaMode: 0, ctrlKey: false, metaKey: false, shiftKey: false, timeStamp: 0 };
const notch = { ...still, deltaY: 53, wheelDeltaY: -120 };
const fingers = { ...still, deltaX: 3, deltaY: 12, wheelDeltaX: -9, wheelDeltaY: -36 };

test("a notch of a mouse wheel zooms, away from the user inwards", () => {
	expect(new WheelReader().read(notch)).toMatchObject({ kind: "zoom", factor: expect.toSatisfy((f: number) => f < 1) });
	const away = new WheelReader().read({ ...notch, deltaY: -53, wheelDeltaY: 120 });
	expect(away).toMatchObject({ kind: "zoom", factor: expect.toSatisfy((f: number) => f > 1) });
	expect(new WheelReader().read({ ...still, deltaMode: 1, deltaY: 3 }).kind).toBe("zoom");
});

test("two fingers move the picture with them, a pinch zooms", () => {
	expect(new WheelReader().read(fingers)).toEqual({ kind: "pan", dx: -3, dy: -12 });
	expect(new WheelReader().read({ ...fingers, ctrlKey: true }).kind).toBe("zoom");
});

test("a step that looks like a notch in the middle of two fingers' run still pans", () => {
	const reader = new WheelReader();
	reader.read(fingers);
	expect(reader.read({ ...notch, timeStamp: 100 }).kind).toBe("pan");
	expect(reader.read({ ...notch, timeStamp: 900 }).kind).toBe("zoom");
});

test("Shift turns the wheel sideways", () => {
	expect(new WheelReader().read({ ...notch, shiftKey: true })).toEqual({ kind: "pan", dx: -53, dy: 0 });
	const turned = { ...still, deltaX: 53, wheelDeltaX: -120, shiftKey: true };
	expect(new WheelReader().read(turned)).toEqual({ kind: "pan", dx: -53, dy: 0 });
});

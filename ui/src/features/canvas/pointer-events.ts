// The events of the canvas element as calls in the editor's words.

import { type ScreenPoint, screenPoint } from "../../geometry/points";
import { type WheelMeaning, WheelReader } from "./wheel";

export type Press = { readonly middleButton: boolean; readonly joins: boolean };
export type PointerTarget = {
	press(at: ScreenPoint, press: Press): void;
	move(at: ScreenPoint): void;
	release(at: ScreenPoint): void;
	abort(at: ScreenPoint): void;
	leave(): void;
	doubleClick(at: ScreenPoint): void;
	/** `at` is null when a key asked for the menu. */
	menu(at: ScreenPoint | null): void;
	wheel(at: ScreenPoint, meaning: WheelMeaning): void;
};

/** What WebKit on a Mac sends for a pinch. */
type PinchEvent = MouseEvent & { readonly scale: number };

export function listenToPointer(canvas: HTMLCanvasElement, target: PointerTarget, signal: AbortSignal): void {
	const on = <K extends keyof HTMLElementEventMap>(
		name: K,
		handle: (event: HTMLElementEventMap[K]) => void,
		options: AddEventListenerOptions = {},
	) => canvas.addEventListener(name, handle, { ...options, signal });
	on("pointerdown", (event) => {
		if (event.button > 1) return;
		// The middle button would start the web view's own scrolling.
		if (event.button === 1) event.preventDefault();
		canvas.setPointerCapture(event.pointerId);
		canvas.focus({ preventScroll: true });
		const joins = event.shiftKey || event.ctrlKey || event.metaKey;
		target.press(pointOf(event), { middleButton: event.button === 1, joins });
	});
	on("pointermove", (event) => target.move(pointOf(event)));
	on("pointerup", (event) => target.release(pointOf(event)));
	on("pointercancel", (event) => target.abort(pointOf(event)));
	on("pointerleave", () => target.leave());
	on("dblclick", (event) => target.doubleClick(pointOf(event)));
	on("contextmenu", (event) => {
		event.preventDefault();
		const byPointer = event.button === 2 || event.ctrlKey;
		target.menu(byPointer ? pointOf(event) : null);
	});
	const wheel = new WheelReader();
	on(
		"wheel",
		(event) => {
			event.preventDefault();
			target.wheel(pointOf(event), wheel.read(event));
		},
		{ passive: false },
	);
	listenToPinch(canvas, target, signal);
}

function listenToPinch(canvas: HTMLCanvasElement, target: PointerTarget, signal: AbortSignal): void {
	let before = 1;
	for (const name of ["gesturestart", "gesturechange"]) {
		const pinched = (event: Event) => {
			event.preventDefault();
			const pinch = event as PinchEvent;
			if (name === "gesturechange") target.wheel(pointOf(pinch), { kind: "zoom", factor: pinch.scale / before });
			before = pinch.scale;
		};
		canvas.addEventListener(name, pinched, { signal });
	}
}

function pointOf(event: MouseEvent): ScreenPoint {
	return screenPoint(event.offsetX, event.offsetY);
}

// The events of the canvas element as calls in the editor's words.

import { type ScreenPoint, screenPoint } from "../../geometry/points";

export type PointerTarget = {
	press(at: ScreenPoint, middleButton: boolean): void;
	move(at: ScreenPoint): void;
	release(at: ScreenPoint): void;
	abort(at: ScreenPoint): void;
	leave(): void;
	doubleClick(at: ScreenPoint): void;
	/** `at` is null when a key asked for the menu. */
	menu(at: ScreenPoint | null): void;
	/** `pixels`: how far the wheel was turned; towards the user is positive. */
	wheel(at: ScreenPoint, pixels: number): void;
};

/** CSS pixels of a line, for wheels that count lines. */
const LINE_HEIGHT = 32;

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
		target.press(pointOf(event), event.button === 1);
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
	on(
		"wheel",
		(event) => {
			event.preventDefault();
			const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE;
			target.wheel(pointOf(event), lines ? event.deltaY * LINE_HEIGHT : event.deltaY);
		},
		{ passive: false },
	);
}

function pointOf(event: MouseEvent): ScreenPoint {
	return screenPoint(event.offsetX, event.offsetY);
}

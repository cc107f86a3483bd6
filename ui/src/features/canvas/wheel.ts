// What turning a wheel means: a mouse wheel zooms, two fingers on a touchpad pan, and with Ctrl (which is also how a
// pinch arrives from Chromium) both zoom. Shift turns a mouse wheel sideways.

export type WheelMeaning =
	| { readonly kind: "zoom"; readonly factor: number }
	/** CSS pixels. */
	| { readonly kind: "pan"; readonly dx: number; readonly dy: number };

type Wheel = Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode" | "ctrlKey" | "metaKey" | "shiftKey" | "timeStamp"> & {
	/** Not in the standard, but in WebKit and Chromium: 120 for one notch of a wheel. */
	readonly wheelDeltaX?: number;
	readonly wheelDeltaY?: number;
};

/** CSS pixels of a line, for wheels that count lines. */
const LINE_HEIGHT = 32;
const NOTCH = 120;
const WHEEL_RATE = 0.0016;
/** A pinch comes in small steps. */
const PINCH_RATE = 0.01;
const MOST_PIXELS = 300;
/** A run of touchpad events may hold one that looks like a notch. */
const RUN_MILLIS = 400;

export class WheelReader {
	#touchpadAt = Number.NEGATIVE_INFINITY;

	read(event: Wheel): WheelMeaning {
		const lines = event.deltaMode === 1;
		const [dx, dy] = [event.deltaX, event.deltaY].map((delta) => (lines ? delta * LINE_HEIGHT : delta)) as [
			number,
			number,
		];
		if (!isNotch(event)) this.#touchpadAt = event.timeStamp;
		const touchpad = event.timeStamp - this.#touchpadAt < RUN_MILLIS;
		if (event.ctrlKey || event.metaKey) return zoom(dy, touchpad ? PINCH_RATE : WHEEL_RATE);
		if (touchpad) return { kind: "pan", dx: -dx, dy: -dy };
		return event.shiftKey ? { kind: "pan", dx: -(dx || dy), dy: 0 } : zoom(dy, WHEEL_RATE);
	}
}

function zoom(pixels: number, rate: number): WheelMeaning {
	return { kind: "zoom", factor: Math.exp(-Math.max(-MOST_PIXELS, Math.min(MOST_PIXELS, pixels)) * rate) };
}

function isNotch({ deltaMode, wheelDeltaX = 0, wheelDeltaY = 0, deltaX, shiftKey }: Wheel): boolean {
	if (deltaMode !== 0) return true;
	// Some systems turn Shift with a wheel into sideways pixels themselves.
	const sideways = wheelDeltaX !== 0 || deltaX !== 0;
	return wheelDeltaX % NOTCH === 0 && wheelDeltaY % NOTCH === 0 && (!sideways || shiftKey);
}

// Two fingers that pinch, where the window has to tell the page of it (WebKitGTK). They become the gesture events
// that Safari sends, on whatever is below them.

export type Pinch = {
	/** Distances from the page's corner before its zoom. */
	readonly x: number;
	readonly y: number;
	/** How far apart the fingers are, compared with when they began. */
	readonly scale: number;
	readonly begins: boolean;
};

/** Sends the gesture event of `pinch` to what lies below it; `zoom` is how large the page is written. */
export function sendPinch(pinch: Pinch, zoom: number, page: Document = document): void {
	const [clientX, clientY] = [pinch.x / zoom, pinch.y / zoom];
	const name = pinch.begins ? "gesturestart" : "gesturechange";
	const event = new MouseEvent(name, { clientX, clientY, bubbles: true, cancelable: true });
	page.elementFromPoint(clientX, clientY)?.dispatchEvent(Object.assign(event, { scale: pinch.scale }));
}

// Which face a key saves: the one that was clicked, else the largest.

import type { LiveFace, LiveResult } from "../../bindings";

const area = ({ bbox }: LiveFace) => (bbox.x2 - bbox.x1) * (bbox.y2 - bbox.y1);

export function chosenFace(result: LiveResult | null, clicked: number | null): LiveFace | null {
	const faces = result?.faces ?? [];
	const largest = faces.reduce<LiveFace | null>((best, face) => (best && area(best) >= area(face) ? best : face), null);
	return faces.find(({ track }) => track === clicked) ?? largest;
}

/** The smallest face at this point of the frame. */
export function faceAt(result: LiveResult, x: number, y: number): LiveFace | null {
	const under = result.faces.filter(({ bbox }) => x >= bbox.x1 && x <= bbox.x2 && y >= bbox.y1 && y <= bbox.y2);
	return under.sort((a, b) => area(a) - area(b))[0] ?? null;
}

/** The point of the frame under a point of an element that shows it in its proportions, in the middle. */
export function framePoint(
	at: { x: number; y: number },
	element: { width: number; height: number },
	frame: { width: number; height: number },
	mirrored: boolean,
): { x: number; y: number } {
	const zoom = Math.min(element.width / frame.width, element.height / frame.height);
	const x = (at.x - (element.width - frame.width * zoom) / 2) / zoom;
	const y = (at.y - (element.height - frame.height * zoom) / 2) / zoom;
	return { x: mirrored ? frame.width - x : x, y };
}

// A frame with the boxes that were found in that very frame.

import type { LiveFace, LiveResult } from "../../bindings";
import { textOn } from "../../shared/contrast";
import { percent, t } from "../../shared/messages";

/** Okabe and Ito's colours, one for each label in the order of first sight. */
const COLORS = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2"];
const UNLABELLED = "#c4c7cc";

export class LabelColors {
	readonly #known = new Map<string, string>();

	of(label: string | null): string {
		if (label === null) return UNLABELLED;
		const color = this.#known.get(label) ?? COLORS[this.#known.size % COLORS.length] ?? UNLABELLED;
		this.#known.set(label, color);
		return color;
	}
}

export function faceText(face: LiveFace): string {
	if (face.label === null) return t("live.face");
	return t("live.labelled", { label: face.label, share: percent(face.confidence) });
}

/** Paints picture and boxes; one unit is one pixel of the frame. `zoom`: CSS pixels that show one of them. */
export function drawFrame(
	context: CanvasRenderingContext2D,
	picture: CanvasImageSource,
	result: LiveResult,
	colors: LabelColors,
	zoom: number,
): void {
	const { width, height } = result.size;
	context.drawImage(picture, 0, 0, width, height);
	const unit = 1 / Math.max(zoom, 0.05);
	context.font = `600 ${13 * unit}px ${getComputedStyle(context.canvas).fontFamily}`;
	context.textBaseline = "middle";
	for (const face of result.faces) drawFace(context, face, colors.of(face.label), unit, width);
}

function drawFace(context: CanvasRenderingContext2D, face: LiveFace, color: string, unit: number, width: number): void {
	const { x1, y1, x2, y2 } = face.bbox;
	context.strokeStyle = "rgb(0 0 0 / 55%)";
	context.lineWidth = 5 * unit;
	context.strokeRect(x1, y1, x2 - x1, y2 - y1);
	context.strokeStyle = color;
	context.lineWidth = 3 * unit;
	context.strokeRect(x1, y1, x2 - x1, y2 - y1);
	const text = faceText(face);
	const [chipWidth, chipHeight] = [context.measureText(text).width + 12 * unit, 22 * unit];
	const x = Math.max(0, Math.min(x1, width - chipWidth));
	const y = y1 >= chipHeight ? y1 - chipHeight : Math.max(0, y1);
	context.fillStyle = color;
	context.fillRect(x, y, chipWidth, chipHeight);
	context.fillStyle = textOn(color);
	context.fillText(text, x + 6 * unit, y + chipHeight / 2);
}

// A frame with the boxes that were found in that very frame.

import type { CategoryView, LiveFace, LiveResult } from "../../bindings";
import { textOn } from "../../shared/contrast";
import { percent, t } from "../../shared/messages";

/** Okabe and Ito's colours. */
const COLORS = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2"];
/** Each doubling costs four times the painting. */
const MAX_CANVAS_SCALE = 2;
const UNLABELLED = "#c4c7cc";

/** A label has the colour of the project's category of that name, and another one has a colour of its own. */
export class LabelColors {
	readonly #own = new Map<string, string>();

	of(face: LiveFace, categories: readonly CategoryView[]): string {
		if (face.label === null || !face.sure) return UNLABELLED;
		const category = categories.find(({ name }) => name === face.label);
		const color = category?.color ?? this.#own.get(face.label) ?? this.#unused(categories);
		if (!category) this.#own.set(face.label, color);
		return color;
	}

	#unused(categories: readonly CategoryView[]): string {
		const used = new Set([...this.#own.values(), ...categories.map(({ color }) => color.toLowerCase())]);
		return COLORS.find((color) => !used.has(color)) ?? COLORS[this.#own.size % COLORS.length] ?? UNLABELLED;
	}
}

export function faceText(face: LiveFace): string {
	if (face.label === null) return t("live.face");
	const share = percent(face.confidence);
	return face.sure ? t("live.labelled", { label: face.label, share }) : t("live.unsure", { label: face.label, share });
}

/** How a frame is shown. */
export type Look = {
	/** Left and right are exchanged, as in a mirror. */
	mirrored: boolean;
	/** The face that a key would save, when there are several. */
	chosen: number | null;
	/** CSS pixels that show one pixel of the frame. */
	zoom: number;
};

/** Pixels of the canvas for each of the frame's, so that words are sharp where a small frame is shown large. */
export function canvasScale(zoom: number): number {
	return Math.min(MAX_CANVAS_SCALE, Math.max(1, Math.round(zoom)));
}

/** Left edge of something `length` wide at `x` in a frame of this width, as it is shown. */
export function shownX(x: number, length: number, width: number, mirrored: boolean): number {
	return mirrored ? width - x - length : x;
}

/** Paints picture and boxes; one unit is one pixel of the frame. */
export function drawFrame(
	context: CanvasRenderingContext2D,
	picture: CanvasImageSource,
	result: LiveResult,
	colorOf: (face: LiveFace) => string,
	look: Look,
): void {
	const { width, height } = result.size;
	context.save();
	if (look.mirrored) {
		context.translate(width, 0);
		context.scale(-1, 1);
	}
	context.drawImage(picture, 0, 0, width, height);
	context.restore();
	const unit = 1 / Math.max(look.zoom, 0.05);
	context.font = `600 ${13 * unit}px ${getComputedStyle(document.body).fontFamily}`;
	context.textBaseline = "middle";
	for (const face of result.faces) drawFace(context, face, colorOf(face), unit, width, look);
}

function drawFace(
	context: CanvasRenderingContext2D,
	face: LiveFace,
	color: string,
	unit: number,
	width: number,
	look: Look,
): void {
	const { x1, y1, x2, y2 } = face.bbox;
	const left = shownX(x1, x2 - x1, width, look.mirrored);
	context.setLineDash([]);
	context.strokeStyle = "rgb(0 0 0 / 55%)";
	context.lineWidth = (face.track === look.chosen ? 8 : 5) * unit;
	context.strokeRect(left, y1, x2 - x1, y2 - y1);
	context.strokeStyle = color;
	context.lineWidth = (face.track === look.chosen ? 5 : 3) * unit;
	// Not by colour alone: what it is not sure of has a broken line.
	if (face.label !== null && !face.sure) context.setLineDash([8 * unit, 6 * unit]);
	context.strokeRect(left, y1, x2 - x1, y2 - y1);
	context.setLineDash([]);
	const text = face.track === look.chosen ? t("live.chosen", { text: faceText(face) }) : faceText(face);
	const [chipWidth, chipHeight] = [context.measureText(text).width + 12 * unit, 22 * unit];
	const x = Math.max(0, Math.min(left, width - chipWidth));
	const y = y1 >= chipHeight ? y1 - chipHeight : Math.max(0, y1);
	context.fillStyle = color;
	context.fillRect(x, y, chipWidth, chipHeight);
	context.fillStyle = textOn(color);
	context.fillText(text, x + 6 * unit, y + chipHeight / 2);
}

// Tags painted once and then copied: with hundreds of boxes, drawing every text anew in every frame costs most of
// the frame.

import { TAG_HEIGHT, TAG_PADDING } from "./tags";

export type TagLook = { readonly text: string; readonly color: string; readonly textColor: string };
type Sprite = { readonly canvas: HTMLCanvasElement; readonly width: number };

const MOST = 500;
const CORNER = 3;
/** Widths are cut to steps of so many CSS pixels, so that boxes of many sizes share their sprites. */
const STEP = 8;

export class TagSprites {
	readonly #sprites = new Map<string, Sprite>();

	/** The tag as a picture, its text cut with "…" where it is wider than `widest`; widths in CSS pixels. */
	get(look: TagLook, font: string, pixelRatio: number, widest = Number.POSITIVE_INFINITY): Sprite {
		const limit = Math.floor(widest / STEP) * STEP;
		const key = `${look.text}|${look.color}|${look.textColor}|${font}|${pixelRatio}|${limit}`;
		let sprite = this.#sprites.get(key);
		if (!sprite) {
			sprite = paintSprite(look, font, pixelRatio, limit);
			if (this.#sprites.size >= MOST) this.#sprites.clear();
			this.#sprites.set(key, sprite);
		}
		return sprite;
	}
}

function paintSprite(look: TagLook, font: string, pixelRatio: number, widest: number): Sprite {
	const { text: whole, color, textColor } = look;
	const canvas = document.createElement("canvas");
	const context = canvas.getContext("2d");
	if (!context) return { canvas, width: 0 };
	context.font = font;
	const text = cutText(context, whole, widest - 2 * TAG_PADDING);
	const width = Math.ceil(context.measureText(text).width) + 2 * TAG_PADDING;
	canvas.width = Math.ceil(width * pixelRatio);
	canvas.height = Math.ceil(TAG_HEIGHT * pixelRatio);
	context.scale(pixelRatio, pixelRatio);
	context.fillStyle = color;
	context.beginPath();
	context.roundRect(0, 0, width, TAG_HEIGHT, CORNER);
	context.fill();
	context.fillStyle = textColor;
	context.font = font;
	context.textBaseline = "middle";
	context.fillText(text, TAG_PADDING, TAG_HEIGHT / 2 + 0.5);
	return { canvas, width };
}

function cutText(context: CanvasRenderingContext2D, text: string, widest: number): string {
	if (context.measureText(text).width <= widest) return text;
	const letters = [...text];
	while (letters.length > 1 && context.measureText(`${letters.join("")}…`).width > widest) letters.pop();
	return `${letters.join("").trimEnd()}…`;
}

// Paints what stands still while a box is drawn or dragged: the picture, its boxes, their tags.

import type { Annotation, BoundingBox, CategoryView, ImageSize } from "../../bindings";
import { boxHeight, boxWidth } from "../../geometry/bounding-box";
import { TagSprites } from "./tag-sprites";
import { type BoxLook, boxLook, TagSpace, tagPlaces, tagWidths } from "./tags";
import { type Stage, screenRectOf, type Viewport } from "./viewport";

export type Palette = { readonly ground: string; readonly accent: string; readonly bad: string; readonly font: string };

/** What stands still while a box is drawn or dragged. */
export type StillScene = {
	readonly stage: Stage;
	readonly pixelRatio: number;
	readonly view: Viewport;
	readonly size: ImageSize;
	readonly picture: ImageBitmap | null;
	readonly annotations: readonly Annotation[];
	readonly categories: ReadonlyMap<string, CategoryView>;
	readonly selected: readonly string[];
	/** Ids of boxes that are shown elsewhere for now. */
	readonly drafted: readonly string[];
	readonly palette: Palette;
};

type Context = CanvasRenderingContext2D;
export type LineLook = Pick<BoxLook, "color" | "textColor" | "dashed">;
const PROPOSAL_DASH = [6, 4];
const HALOS = { "#000000": "rgb(0 0 0 / 60%)", "#ffffff": "rgb(255 255 255 / 75%)" } as const;
/** From here on, in device pixels for one image pixel, single pixels are shown as squares. */
const SQUARE_PIXELS_FROM = 4;

export const sprites = new TagSprites();

/** The picture with its boxes and their tags. */
export function paintStill(context: Context, scene: StillScene): void {
	const { stage, pixelRatio, palette } = scene;
	context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
	context.fillStyle = palette.ground;
	context.fillRect(0, 0, stage.width, stage.height);
	paintPicture(context, scene);
	const drafted = new Set(scene.drafted);
	const selected = new Set(scene.selected);
	const shown = scene.annotations.filter(({ id, bbox }) => !drafted.has(id) && inSight(scene, bbox));
	for (const annotation of shown) paintBox(context, scene, annotation, selected.has(annotation.id));
	// Tags come after all boxes, so that no line crosses a name; those of selected boxes are the last to be left out.
	const space = new TagSpace();
	for (const first of [true, false]) {
		const those = shown.filter(({ id }) => selected.has(id) === first);
		for (const annotation of those) paintTag(context, scene, annotation, first && selected.size === 1, space);
	}
}

/** Only the part in sight is drawn: blown up to 3200 %, the rest of a picture costs most of a second. */
function paintPicture(context: Context, scene: StillScene): void {
	const { picture, size, view, pixelRatio, stage } = scene;
	if (!picture) return;
	context.imageSmoothingEnabled = view.scale * pixelRatio < SQUARE_PIXELS_FROM;
	context.imageSmoothingQuality = "medium";
	// A preview has fewer pixels than its image.
	const [across, down] = [picture.width / size.width, picture.height / size.height];
	const left = Math.max(0, Math.floor((-view.x / view.scale) * across));
	const top = Math.max(0, Math.floor((-view.y / view.scale) * down));
	const right = Math.min(picture.width, Math.ceil(((stage.width - view.x) / view.scale) * across));
	const bottom = Math.min(picture.height, Math.ceil(((stage.height - view.y) / view.scale) * down));
	if (right <= left || bottom <= top) return;
	const [x, y] = [view.x + (left / across) * view.scale, view.y + (top / down) * view.scale];
	const [width, height] = [((right - left) / across) * view.scale, ((bottom - top) / down) * view.scale];
	context.drawImage(picture, left, top, right - left, bottom - top, x, y, width, height);
}

function inSight({ view, stage }: StillScene, box: BoundingBox): boolean {
	const { x1, y1, x2, y2 } = screenRectOf(view, box);
	return x2 >= 0 && y2 >= 0 && x1 <= stage.width && y1 <= stage.height;
}

function paintBox(context: Context, scene: StillScene, annotation: Annotation, selected: boolean): void {
	const rect = screenRectOf(scene.view, annotation.bbox);
	const look = boxLook(annotation, scene.categories);
	if (selected) {
		context.globalAlpha = 0.18;
		context.fillStyle = look.color;
		context.fillRect(rect.x1, rect.y1, boxWidth(rect), boxHeight(rect));
		context.globalAlpha = 1;
	}
	strokeRect(context, rect, look, selected ? 3 : 2);
}

/** Below the coloured line lies one of the opposite brightness, so that a box is seen on every picture. */
export function strokeRect(context: Context, rect: BoundingBox, look: LineLook, width: number): void {
	const [x, y, w, h] = [rect.x1, rect.y1, boxWidth(rect), boxHeight(rect)];
	context.setLineDash(look.dashed ? PROPOSAL_DASH : []);
	context.strokeStyle = HALOS[look.textColor];
	context.lineWidth = width + 2;
	context.strokeRect(x, y, w, h);
	context.strokeStyle = look.color;
	context.lineWidth = width;
	context.strokeRect(x, y, w, h);
	context.setLineDash([]);
}

function paintTag(context: Context, scene: StillScene, annotation: Annotation, whole: boolean, space: TagSpace): void {
	const { palette, pixelRatio, view, stage } = scene;
	const rect = screenRectOf(view, annotation.bbox);
	const look = boxLook(annotation, scene.categories);
	for (const widest of tagWidths(rect, whole)) {
		const { canvas, width } = sprites.get(look, palette.font, pixelRatio, widest);
		const place = space.take(tagPlaces(rect, width, stage));
		if (!place) continue;
		stamp(context, canvas, place.x, place.y, pixelRatio);
		return;
	}
}

/** Copies a sprite to whole device pixels, where it is sharp. */
export function stamp(context: Context, sprite: HTMLCanvasElement, x: number, y: number, pixelRatio: number): void {
	if (sprite.width === 0) return;
	const whole = (value: number) => Math.round(value * pixelRatio) / pixelRatio;
	context.drawImage(sprite, whole(x), whole(y), sprite.width / pixelRatio, sprite.height / pixelRatio);
}

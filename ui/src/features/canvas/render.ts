// Paints one frame. Knows nothing of pointers and saving; everything it needs is in `Scene`. What stands still is
// painted by `paintStill` and kept by backdrop.ts; what follows the pointer or the keys is painted over it.

import type { Annotation, BoundingBox, CategoryView, ImageSize } from "../../bindings";
import { boxHeight, boxWidth, HANDLES, handlePoint } from "../../geometry/bounding-box";
import type { ScreenPoint } from "../../geometry/points";
import type { Backdrop } from "./backdrop";
import type { Readout } from "./readout";
import { TagSprites } from "./tag-sprites";
import { type BoxLook, boxLook, TAG_HEIGHT, TagSpace, tagPlaces, tagWidths } from "./tags";
import type { Draft } from "./tools/tool";
import { type Stage, screenFromImage, screenRectOf, type Viewport } from "./viewport";

export type Palette = { readonly ground: string; readonly accent: string; readonly bad: string; readonly font: string };

/** What stands still while a box is drawn or dragged. */
export type StillScene = {
	readonly stage: Stage;
	readonly pixelRatio: number;
	readonly view: Viewport;
	readonly size: ImageSize;
	readonly picture: HTMLImageElement | ImageBitmap | null;
	readonly annotations: readonly Annotation[];
	readonly categories: ReadonlyMap<string, CategoryView>;
	readonly selected: readonly string[];
	/** Ids of boxes that are shown elsewhere for now. */
	readonly drafted: readonly string[];
	readonly palette: Palette;
};

export type Scene = StillScene & {
	readonly drafts: readonly Draft[];
	/** The rubber band, in image pixels. */
	readonly band: BoundingBox | null;
	readonly readout: Readout | null;
	/** Where the crosshair is, while a box can be drawn. */
	readonly crosshair: ScreenPoint | null;
};

type Context = CanvasRenderingContext2D;
type LineLook = Pick<BoxLook, "color" | "textColor" | "dashed">;
const HANDLE_SIDE = 8;
const PROPOSAL_DASH = [6, 4];
const HALOS = { "#000000": "rgb(0 0 0 / 60%)", "#ffffff": "rgb(255 255 255 / 75%)" } as const;
/** From here on, in device pixels for one image pixel, single pixels are shown as squares. */
const SQUARE_PIXELS_FROM = 4;

const sprites = new TagSprites();

export function paint(context: Context, scene: Scene, backdrop: Backdrop): void {
	backdrop.paint(context, scene);
	const { pixelRatio, selected, drafted } = scene;
	context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
	const [only] = selected;
	const handled =
		selected.length === 1 && !drafted.includes(only ?? "") && scene.annotations.find((a) => a.id === only);
	if (handled) paintHandles(context, scene, handled.bbox);
	if (scene.crosshair) paintCrosshair(context, scene, scene.crosshair);
	const refused = scene.readout?.reason !== null && scene.readout !== null;
	for (const draft of scene.drafts) paintDraft(context, scene, draft, refused);
	if (scene.band) paintBand(context, scene, scene.band);
	if (scene.readout) paintReadout(context, scene, scene.readout);
}

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
function strokeRect(context: Context, rect: BoundingBox, look: LineLook, width: number): void {
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
function stamp(context: Context, sprite: HTMLCanvasElement, x: number, y: number, pixelRatio: number): void {
	if (sprite.width === 0) return;
	const whole = (value: number) => Math.round(value * pixelRatio) / pixelRatio;
	context.drawImage(sprite, whole(x), whole(y), sprite.width / pixelRatio, sprite.height / pixelRatio);
}

function paintHandles(context: Context, scene: Scene, box: BoundingBox): void {
	context.lineWidth = 1.5;
	const rect = screenRectOf(scene.view, box);
	const roomy = Math.min(boxWidth(rect), boxHeight(rect)) >= 5 * HANDLE_SIDE;
	for (const handle of HANDLES) {
		// On a small box the middles of the edges would hide it.
		if (!roomy && handle.length === 1) continue;
		const { x, y } = screenFromImage(scene.view, handlePoint(box, handle));
		context.fillStyle = "#ffffff";
		context.strokeStyle = "#1b1c1e";
		context.beginPath();
		context.rect(x - HANDLE_SIDE / 2, y - HANDLE_SIDE / 2, HANDLE_SIDE, HANDLE_SIDE);
		context.fill();
		context.stroke();
	}
}

function paintCrosshair(context: Context, { stage }: Scene, at: ScreenPoint): void {
	const [x, y] = [Math.round(at.x) + 0.5, Math.round(at.y) + 0.5];
	context.lineWidth = 1;
	for (const [color, dash] of [["rgb(0 0 0 / 45%)", []] as const, ["rgb(255 255 255 / 75%)", [4, 4]] as const]) {
		context.strokeStyle = color;
		context.setLineDash([...dash]);
		context.beginPath();
		context.moveTo(x, 0);
		context.lineTo(x, stage.height);
		context.moveTo(0, y);
		context.lineTo(stage.width, y);
		context.stroke();
	}
	context.setLineDash([]);
}

function paintDraft(context: Context, scene: Scene, draft: Draft, refused: boolean): void {
	const stored = scene.annotations.find((a) => a.id === draft.id);
	const look: LineLook = stored
		? boxLook(stored, scene.categories)
		: { color: scene.palette.accent, textColor: "#000000", dashed: false };
	const shown = refused ? { color: scene.palette.bad, textColor: "#ffffff" as const } : look;
	strokeRect(context, screenRectOf(scene.view, draft.bbox), { ...shown, dashed: false }, 2);
}

function paintBand(context: Context, { view, palette }: Scene, band: BoundingBox): void {
	const rect = screenRectOf(view, band);
	context.globalAlpha = 0.12;
	context.fillStyle = palette.accent;
	context.fillRect(rect.x1, rect.y1, boxWidth(rect), boxHeight(rect));
	context.globalAlpha = 1;
	strokeRect(context, rect, { color: palette.accent, textColor: "#000000", dashed: true }, 1);
}

/** Below the right lower corner, or above it where there is no room; the reason under the size. */
function paintReadout(context: Context, scene: Scene, { text, reason, box }: Readout): void {
	const { stage, pixelRatio, palette, view } = scene;
	const lines = [{ text, color: "rgb(0 0 0 / 80%)", textColor: "#ffffff" }];
	if (reason !== null) lines.push({ text: reason, color: palette.bad, textColor: "#ffffff" });
	const rect = screenRectOf(view, box);
	const height = lines.length * (TAG_HEIGHT + 2);
	const below = rect.y2 + 6;
	const top = Math.max(
		0,
		below + height <= stage.height ? below : Math.min(rect.y1 - height - 4, stage.height - height),
	);
	lines.forEach((line, index) => {
		const { canvas, width } = sprites.get(line, palette.font, pixelRatio);
		const x = Math.max(0, Math.min(rect.x2 - width, stage.width - width));
		stamp(context, canvas, x, top + index * (TAG_HEIGHT + 2), pixelRatio);
	});
}

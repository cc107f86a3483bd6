// Paints one frame. Knows nothing of pointers and saving; everything it needs is in `Scene`.

import type { Annotation, BoundingBox, CategoryView, ImageSize } from "../../bindings";
import { boxHeight, boxWidth, HANDLES, handlePoint } from "../../geometry/bounding-box";
import type { ScreenPoint } from "../../geometry/points";
import { TagSprites } from "./tag-sprites";
import { type BoxLook, boxLook, TAG_HEIGHT, TagSpace, tagPlaces } from "./tags";
import type { Draft } from "./tools/tool";
import { type Stage, screenFromImage, screenRectOf, type Viewport } from "./viewport";

export type Palette = { ground: string; accent: string; font: string };

export type Scene = {
	readonly stage: Stage;
	readonly pixelRatio: number;
	readonly view: Viewport;
	readonly size: ImageSize;
	readonly picture: CanvasImageSource | null;
	readonly annotations: readonly Annotation[];
	readonly categories: ReadonlyMap<string, CategoryView>;
	readonly selected: string | null;
	readonly draft: Draft | null;
	/** Where the crosshair is, while a box can be drawn. */
	readonly crosshair: ScreenPoint | null;
	readonly palette: Palette;
};

type Context = CanvasRenderingContext2D;
const HANDLE_SIDE = 8;
const PROPOSAL_DASH = [6, 4];
/** From here on, in device pixels for one image pixel, single pixels are shown as squares. */
const SQUARE_PIXELS_FROM = 4;

export function paint(context: Context, scene: Scene): void {
	const { stage, pixelRatio, palette } = scene;
	context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
	context.fillStyle = palette.ground;
	context.fillRect(0, 0, stage.width, stage.height);
	paintPicture(context, scene);
	const shown = scene.annotations.filter((a) => a.id !== scene.draft?.id);
	for (const annotation of shown) paintBox(context, scene, annotation, annotation.id === scene.selected);
	// Tags come after all boxes, so that no line crosses a name.
	const space = new TagSpace();
	for (const annotation of selectedFirst(shown, scene.selected)) paintTag(context, scene, annotation, space);
	const selected = shown.find((a) => a.id === scene.selected);
	if (selected) paintHandles(context, scene, selected.bbox);
	if (scene.crosshair) paintCrosshair(context, scene, scene.crosshair);
	if (scene.draft) paintDraft(context, scene, scene.draft);
}

function paintPicture(context: Context, { picture, size, view, pixelRatio }: Scene): void {
	if (!picture) return;
	context.imageSmoothingEnabled = view.scale * pixelRatio < SQUARE_PIXELS_FROM;
	context.imageSmoothingQuality = "medium";
	context.drawImage(picture, view.x, view.y, size.width * view.scale, size.height * view.scale);
}

function paintBox(context: Context, scene: Scene, annotation: Annotation, selected: boolean): void {
	const rect = screenRectOf(scene.view, annotation.bbox);
	if (rect.x2 < 0 || rect.y2 < 0 || rect.x1 > scene.stage.width || rect.y1 > scene.stage.height) return;
	const look = boxLook(annotation, scene.categories);
	strokeRect(context, rect, look, selected ? 3 : 2);
}

/** A dark line below the coloured one keeps the box visible on every picture. */
function strokeRect(context: Context, rect: BoundingBox, look: Pick<BoxLook, "color" | "dashed">, width: number): void {
	const [x, y, w, h] = [rect.x1, rect.y1, boxWidth(rect), boxHeight(rect)];
	context.setLineDash(look.dashed ? PROPOSAL_DASH : []);
	context.strokeStyle = "rgb(0 0 0 / 55%)";
	context.lineWidth = width + 2;
	context.strokeRect(x, y, w, h);
	context.strokeStyle = look.color;
	context.lineWidth = width;
	context.strokeRect(x, y, w, h);
	context.setLineDash([]);
}

const sprites = new TagSprites();

/** The tag of the selected box is the last to be left out. */
function selectedFirst(annotations: readonly Annotation[], selected: string | null): readonly Annotation[] {
	const first = annotations.find((a) => a.id === selected);
	return first ? [first, ...annotations.filter((a) => a !== first)] : annotations;
}

function paintTag(context: Context, scene: Scene, annotation: Annotation, space: TagSpace): void {
	const { font } = scene.palette;
	const { canvas, width } = sprites.get(boxLook(annotation, scene.categories), font, scene.pixelRatio);
	const place = space.take(tagPlaces(screenRectOf(scene.view, annotation.bbox), width, scene.stage));
	if (place) stamp(context, canvas, place.x, place.y, scene.pixelRatio);
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

function paintDraft(context: Context, scene: Scene, draft: Draft): void {
	const stored = scene.annotations.find((a) => a.id === draft.id);
	const color = stored ? boxLook(stored, scene.categories).color : scene.palette.accent;
	const rect = screenRectOf(scene.view, draft.bbox);
	strokeRect(context, rect, { color, dashed: false }, 2);
	const text = `${Math.round(boxWidth(draft.bbox))} × ${Math.round(boxHeight(draft.bbox))}`;
	const look = { text, color: "rgb(0 0 0 / 75%)", textColor: "#ffffff" };
	const { canvas, width } = sprites.get(look, scene.palette.font, scene.pixelRatio);
	const x = Math.max(0, Math.min(rect.x2 - width, scene.stage.width - width));
	const y = Math.min(rect.y2 + 6, scene.stage.height - TAG_HEIGHT);
	stamp(context, canvas, x, y, scene.pixelRatio);
}

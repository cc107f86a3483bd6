// Paints one frame. Knows nothing of pointers and saving; everything it needs is in `Scene`. What stands still is
// painted by paint-still.ts and kept by backdrop.ts; what follows the pointer or the keys is painted over it here.

import type { BoundingBox } from "../../bindings";
import { boxHeight, boxWidth, HANDLES, handlePoint } from "../../geometry/bounding-box";
import type { ScreenPoint } from "../../geometry/points";
import type { Backdrop } from "./backdrop";
import { type LineLook, type StillScene, sprites, stamp, strokeRect } from "./paint-still";
import type { Readout } from "./readout";
import { boxLook, TAG_HEIGHT } from "./tags";
import type { Draft } from "./tools/tool";
import { screenFromImage, screenRectOf } from "./viewport";

export type Scene = StillScene & {
	readonly drafts: readonly Draft[];
	/** Boxes cannot be changed. */
	readonly fixed: boolean;
	/** The rubber band, in image pixels. */
	readonly band: BoundingBox | null;
	readonly readout: Readout | null;
	/** Where the crosshair is, while a box can be drawn. */
	readonly crosshair: ScreenPoint | null;
};

type Context = CanvasRenderingContext2D;
const HANDLE_SIDE = 8;

export function paint(context: Context, scene: Scene, backdrop: Backdrop): void {
	backdrop.paint(context, scene);
	const { pixelRatio, selected, drafted } = scene;
	context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
	const [only] = selected;
	const handled =
		!scene.fixed &&
		selected.length === 1 &&
		!drafted.includes(only ?? "") &&
		scene.annotations.find((a) => a.id === only);
	if (handled) paintHandles(context, scene, handled.bbox);
	if (scene.crosshair) paintCrosshair(context, scene, scene.crosshair);
	const refused = scene.readout?.reason !== null && scene.readout !== null;
	for (const draft of scene.drafts) paintDraft(context, scene, draft, refused);
	if (scene.band) paintBand(context, scene, scene.band);
	if (scene.readout) paintReadout(context, scene, scene.readout);
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

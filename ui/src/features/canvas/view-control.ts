// How the picture is looked at, as it changes over time: the viewport, the canvas it is for, and whether it
// follows the size of the window.

import type { BoundingBox, ImageSize } from "../../bindings";
import { type ScreenPoint, screenPoint } from "../../geometry/points";
import {
	centred,
	fitted,
	framed,
	imageFromScreen,
	panned,
	placedInRoom,
	restaged,
	revealed,
	type Stage,
	type Viewport,
	zoomedAt,
} from "./viewport";

const ZOOM_STEP = 1.25;

export class ViewControl {
	#stage: Stage = { width: 1, height: 1 };
	#size: ImageSize | null = null;
	#viewport: Viewport = { scale: 1, x: 0, y: 0 };
	#fits = true;
	/** What to go back to when something beside a box goes away, and what it was changed to. */
	#aside: { before: Viewport; fitted: boolean; now: Viewport } | null = null;
	readonly #changed: () => void;

	constructor(changed: () => void) {
		this.#changed = changed;
	}

	get stage(): Stage {
		return this.#stage;
	}

	get viewport(): Viewport {
		return this.#viewport;
	}

	get pixelRatio(): number {
		return globalThis.devicePixelRatio || 1;
	}

	/** Device pixels for one image pixel. */
	get sharpness(): number {
		return this.#viewport.scale * this.pixelRatio;
	}

	/** 100 shows every image pixel as one pixel of the screen. */
	get zoomPercent(): number {
		return Math.round(this.sharpness * 100);
	}

	/** The part of the picture that is in sight, in image pixels. */
	get visible(): BoundingBox | null {
		const size = this.#size;
		if (!size) return null;
		const a = imageFromScreen(this.#viewport, screenPoint(0, 0));
		const b = imageFromScreen(this.#viewport, screenPoint(this.#stage.width, this.#stage.height));
		const { max, min } = Math;
		return { x1: max(0, a.x), y1: max(0, a.y), x2: min(size.width, b.x), y2: min(size.height, b.y) };
	}

	/** Another picture: the whole of it. */
	show(size: ImageSize | null): void {
		this.#size = size;
		this.fit();
	}

	fit(): void {
		this.#fits = true;
		if (this.#size) this.#look(fitted(this.#stage, this.#size, this.pixelRatio));
	}

	actualSize(): void {
		this.#fits = false;
		if (this.#size) this.#look(centred(this.#stage, this.#size, 1 / this.pixelRatio));
	}

	zoom(direction: "in" | "out"): void {
		const middle = screenPoint(this.#stage.width / 2, this.#stage.height / 2);
		this.zoomAt(middle, direction === "in" ? ZOOM_STEP : 1 / ZOOM_STEP);
	}

	zoomAt(point: ScreenPoint, factor: number): void {
		if (!this.#size) return;
		const { pixelRatio } = this;
		const after = zoomedAt(this.#viewport, point, factor, this.#stage, this.#size, pixelRatio);
		this.#fits = after.scale === fitted(this.#stage, this.#size, pixelRatio).scale;
		this.#look(after);
	}

	pan(dx: number, dy: number): void {
		this.#fits = false;
		if (this.#size) this.#look(panned(this.#viewport, dx, dy, this.#stage, this.#size));
	}

	/** Pans so that the box is in sight. */
	reveal(box: BoundingBox): void {
		if (!this.#size) return;
		const after = revealed(this.#viewport, box, this.#stage, this.#size);
		if (after === this.#viewport) return;
		this.#fits = false;
		this.#look(after);
	}

	/** The whole picture, or, where the box would be small in it, so near that it can be judged. */
	frame(box: BoundingBox): void {
		if (!this.#size) return;
		const whole = fitted(this.#stage, this.#size, this.pixelRatio);
		const after = framed(whole, box, this.#stage, this.#size, this.pixelRatio);
		this.#fits = after === whole;
		this.#look(after);
	}

	/** Moves the box into `room` (CSS pixels of the stage) until `takeBack`, unless the user looks elsewhere meanwhile. */
	giveRoom(box: BoundingBox, room: BoundingBox): void {
		if (!this.#size) return;
		const now = placedInRoom(this.#viewport, box, room);
		this.#aside = { before: this.#viewport, fitted: this.#fits, now };
		this.#fits = false;
		this.#look(now);
	}

	/** The box stays where `giveRoom` moved it. */
	stayAside(): void {
		this.#aside = null;
	}

	takeBack(): void {
		const aside = this.#aside;
		this.#aside = null;
		if (!aside || aside.now !== this.#viewport) return;
		this.#fits = aside.fitted;
		this.#look(aside.before);
	}

	resize(stage: Stage): void {
		const before = this.#stage;
		this.#stage = stage;
		if (this.#size && this.#fits) this.#viewport = fitted(stage, this.#size, this.pixelRatio);
		else if (this.#size) this.#viewport = restaged(this.#viewport, before, stage, this.#size);
		this.#changed();
	}

	#look(viewport: Viewport): void {
		this.#viewport = viewport;
		this.#changed();
	}
}

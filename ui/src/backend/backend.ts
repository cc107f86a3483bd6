// What the page may ask of the program. One interface, two implementations: the real one speaks to Rust, the
// fake one keeps a project in memory for tests and for developing in a browser.

import type {
	BoundingBox,
	CommandError,
	commands,
	DatasetChoice,
	events,
	ImageId,
	ImageSize,
	LiveResult,
	RunId,
	TrainingConfig,
} from "../bindings";

export type Result<T> = { status: "ok"; data: T } | { status: "error"; error: CommandError };

/** Longest sides, in pixels, at which pictures are asked for. */
export const THUMBNAIL_SIDE = 160;
export const PREVIEW_SIDE = 2048;
export const BOX_SIDE = 96;

/** A live frame: the picture and what was found in that very picture. */
export type LiveFrame = { jpeg: Blob; result: LiveResult };

type Commands = typeof commands;
type Events = typeof events;

export type EventSource = {
	[Name in keyof Events]: { listen: Events[Name]["listen"] };
};

export interface Backend extends Commands {
	readonly events: EventSource;
	/** Whether the window has a native menu bar, which then takes the keys with Ctrl. */
	readonly nativeMenu: boolean;
	/** Where the upright picture is found, no side longer than `maxSide` pixels; without it in full. */
	imageUrl(id: ImageId, maxSide?: number): string;
	/** Where the picture of a box is found, for a list of boxes; null while the size of its image is unknown. */
	boxUrl(id: ImageId, size: ImageSize | null, bbox: BoundingBox): string | null;
	/** Where a picture of a training's dataset is found, `side` pixels wide and high. */
	sampleUrl(run: RunId, sample: number, side: number): string;
	/** Where the picture is found that shows what a network will see of a dataset. */
	changesUrl(source: DatasetChoice, config: TrainingConfig): string;
	/** Asks where, and writes a file that is offered under `name`; answers with its path. `null`: the dialog was cancelled. */
	saveFigure(name: string, bytes: Uint8Array): Promise<Result<string | null>>;
	/** The newest frame after number `after`, or null when there is none yet. */
	liveFrame(after: number): Promise<LiveFrame | null>;
}

/** A command's answer with what the program threw (a panic, a lost window) turned into an error like any other. */
export async function answered<T>(call: Promise<Result<T>>): Promise<Result<T>> {
	try {
		return await call;
	} catch (thrown) {
		const message = thrown instanceof Error ? thrown.message : String(thrown);
		return { status: "error", error: { code: "internal", message } };
	}
}

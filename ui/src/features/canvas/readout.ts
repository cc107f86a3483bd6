// What stands beside a box while it is drawn, moved or resized: its size, and why it would not be kept.

import type { BoundingBox, ChangeSet } from "../../bindings";
import { boxAround, boxHeight, boxWidth } from "../../geometry/bounding-box";
import type { ImagePoint } from "../../geometry/points";
import type { BoxRejection } from "../../geometry/rules";
import { t, wholeNumber } from "../../shared/messages";
import { refusalText } from "./describe";
import type { Draft } from "./tools/tool";

/** `box`: in image pixels, what it stands beside. */
export type Readout = { readonly text: string; readonly reason: string | null; readonly box: BoundingBox };

/** `cursor`: the cross of the keyboard; null while it is away. Null when there is nothing to say. */
export function readoutOf(
	drafts: readonly Draft[],
	cursor: ImagePoint | null,
	rejectionOf: (changes: ChangeSet) => BoxRejection | null,
): Readout | null {
	if (drafts.length === 0) return cursor && cursorReadout(cursor);
	const changes = drafts.map(({ id, bbox }) =>
		id === null ? ({ kind: "add", id: "", bbox, category: null } as const) : ({ kind: "setBox", id, bbox } as const),
	);
	return draftReadout(drafts, rejectionOf(changes));
}

function draftReadout(drafts: readonly Draft[], rejection: BoxRejection | null): Readout | null {
	const box = boxAround(drafts.map(({ bbox }) => bbox));
	if (!box) return null;
	const [width, height] = [wholeNumber(boxWidth(box)), wholeNumber(boxHeight(box))];
	const text =
		drafts.length === 1 ? t("canvas.size", { width, height }) : t("canvas.several", { count: drafts.length });
	return { text, reason: rejection && refusalText(rejection), box };
}

function cursorReadout({ x, y }: ImagePoint): Readout {
	const text = t("canvas.place", { x: wholeNumber(x), y: wholeNumber(y) });
	return { text, reason: null, box: { x1: x, y1: y, x2: x, y2: y } };
}

// @vitest-environment node
import { expect, test } from "vitest";
import { intersectionArea } from "../../geometry/bounding-box";
import { bbox } from "./fixtures";
import { freePlace, popupPlace, roomBeside } from "./popup-place";

const popup = { width: 248, height: 330 };
/** The stage between two panels, as in a window of 1024 × 700. */
const stage = bbox(220, 66, 776, 676);
const window = bbox(0, 66, 1024, 676);

function areaOf({ left, top }: { left: number; top: number }) {
	return bbox(left, top, left + popup.width, top + popup.height);
}

test.each([
	["in the middle", bbox(400, 200, 500, 300), stage],
	["at the right edge", bbox(700, 200, 776, 300), stage],
	["at the left edge", bbox(220, 200, 310, 300), stage],
	["wide, at the top", bbox(230, 70, 770, 300), stage],
	["wide, at the bottom", bbox(230, 440, 770, 670), stage],
	["that fills the stage, over a panel", bbox(236, 82, 760, 660), window],
])("beside a box %s", (_name, box, within) => {
	const place = freePlace(box, popup, [stage, window]);
	if (!place) throw new Error("there is a place");
	const area = areaOf(place);
	expect(intersectionArea(box, area)).toBe(0);
	expect(intersectionArea(within, area)).toBe(popup.width * popup.height);
	expect(popupPlace(box, popup, [stage, window])).toEqual(place);
});

test("in a stage lower than the popup, it takes the room of the window", () => {
	const low = bbox(140, 90, 370, 320);
	const place = freePlace(bbox(160, 100, 200, 140), popup, [low, bbox(0, 0, 512, 350)]);
	if (!place) throw new Error("there is a place");
	expect(place.top + popup.height).toBeLessThanOrEqual(350);
});

test("no place is free beside a box that fills the window, until the box gives way", () => {
	const wide = bbox(10, 70, 1014, 670);
	expect(freePlace(wide, popup, [window])).toBeNull();
	const room = roomBeside(popup, { width: 1004, height: 610 });
	expect(freePlace(room, popup, [bbox(0, 0, 1004, 610)])).not.toBeNull();
	const low = roomBeside(popup, { width: 300, height: 800 });
	expect(freePlace(low, popup, [bbox(0, 0, 300, 800)])).not.toBeNull();
});

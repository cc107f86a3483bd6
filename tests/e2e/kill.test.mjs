// Nothing that the window has called saved is lost when the program is killed. `npm run bench -- kills` does it a
// hundred times.

import assert from "node:assert/strict";
import { test } from "node:test";
import { killWhileDrawing } from "./killing.mjs";

test("ten kills while boxes are drawn and labelled lose nothing that was saved", async () => {
	const boxes = await killWhileDrawing(10, 20);
	assert.ok(boxes >= 10, `${boxes} boxes`);
});

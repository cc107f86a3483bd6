import assert from "node:assert/strict";
import { test } from "node:test";
import { Stop } from "./process.mjs";
import { runStages } from "./stages.mjs";

const passing = (name, passed) => ({ name, again: name, run: async () => ({ passed, failed: 0, skipped: 0 }) });
const failing = (name, counts) => ({
	name,
	again: `npm run ${name}`,
	run: async () => {
		throw Object.assign(new Stop("status 1"), { counts });
	},
});

async function linesOf(stages) {
	const lines = [];
	const ok = await runStages(stages, (line) => lines.push(line));
	return { ok, text: lines.join("\n"), last: lines.at(-1).trim() };
}

test("the last line sums what all runners counted", async () => {
	const silent = { name: "lint", again: "lint", run: async () => {} };
	const { ok, last } = await linesOf([passing("a", 3), silent, passing("b", 4)]);
	assert.equal(ok, true);
	assert.equal(last, "7 passed, 0 failed");
});

test("the first failure ends it and names the command that repeats it", async () => {
	const { ok, text, last } = await linesOf([
		passing("a", 3),
		failing("unit", { passed: 5, failed: 2, skipped: 0 }),
		passing("b", 9),
	]);
	assert.equal(ok, false);
	assert.match(text, /✗ unit failed: status 1[\s\S]*Run it alone: npm run unit[\s\S]*1 stages after it were not run/);
	assert.equal(last, "8 passed, 2 failed");
});

test("a failing stage without tests counts as one failure", async () => {
	const { last } = await linesOf([failing("lint", undefined)]);
	assert.equal(last, "0 passed, 1 failed");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { countTests, sum } from "./test-counts.mjs";

const CARGO = `
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
`;

for (const [runner, text, expected] of [
	["cargo", CARGO, { passed: 14, failed: 3, skipped: 1 }],
	[
		"vitest",
		" Test Files  1 failed (1)\n      Tests  1 failed | 33 passed | 2 skipped (36)\n",
		{ passed: 33, failed: 1, skipped: 2 },
	],
	[
		"vitest",
		"\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m5 passed\u001b[39m\u001b[22m (5)\n",
		{ passed: 5, failed: 0, skipped: 0 },
	],
	["node", "ℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ skipped 1\n", { passed: 2, failed: 1, skipped: 1 }],
	[
		"unittest",
		"Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=1, skipped=1)\n",
		{ passed: 2, failed: 2, skipped: 1 },
	],
	["unittest", "Ran 1 test in 0.1s\n\nOK\n", { passed: 1, failed: 0, skipped: 0 }],
]) {
	test(`what ${runner} prints is counted: ${JSON.stringify(expected)}`, () => {
		assert.deepEqual(countTests(runner, text), expected);
	});
}

test("counts add up", () => {
	const one = { passed: 1, failed: 2, skipped: 3 };
	assert.deepEqual(sum([one, one]), { passed: 2, failed: 4, skipped: 6 });
});

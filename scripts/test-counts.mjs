// Reads how many tests passed, failed and were skipped from what test runners print.

const RUNNERS = {
	// test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
	cargo(text) {
		const lines = text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm);
		return sum([...lines].map(([, passed, failed, skipped]) => ({ passed, failed, skipped })));
	},
	//      Tests  1 failed | 33 passed | 2 skipped (36)
	vitest(text) {
		const line = /^\s*Tests\s+(.*)$/m.exec(text)?.[1] ?? "";
		const count = (word) => new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0;
		return sum([{ passed: count("passed"), failed: count("failed"), skipped: count("skipped") }]);
	},
	// ℹ pass 12 and so on, or with # in TAP
	node(text) {
		const count = (word) => new RegExp(`^[ℹ#] ${word} (\\d+)$`, "m").exec(text)?.[1] ?? 0;
		return sum([{ passed: count("pass"), failed: count("fail"), skipped: count("skipped") }]);
	},
	// Ran 3 tests in 0.1s, then OK (skipped=1) or FAILED (failures=1, errors=1)
	unittest(text) {
		const count = (word) => Number(new RegExp(`${word}=(\\d+)`).exec(text)?.[1] ?? 0);
		const ran = Number(/^Ran (\d+) tests?/m.exec(text)?.[1] ?? 0);
		const failed = count("failures") + count("errors");
		return { passed: ran - failed - count("skipped"), failed, skipped: count("skipped") };
	},
};

/** Counts of one run of `runner`: cargo, vitest, node or unittest. */
export function countTests(runner, text) {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with ESC.
	return RUNNERS[runner](text.replace(/\u001b\[[0-9;]*m/g, ""));
}

/** The sum of counts. */
export function sum(counts) {
	const total = { passed: 0, failed: 0, skipped: 0 };
	for (const count of counts) {
		for (const key of Object.keys(total)) total[key] += Number(count[key] ?? 0);
	}
	return total;
}

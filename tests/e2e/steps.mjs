// Tests that build on each other: when one fails, the rest of its suite is skipped instead of failing after it.

import { test } from "node:test";

/** A function like `test` for one suite. */
export function steps() {
	let broken = null;
	return (name, options, work = options) =>
		test(name, typeof options === "function" ? {} : options, async (context) => {
			if (broken !== null) return context.skip(`"${broken}" failed`);
			try {
				await work();
			} catch (error) {
				broken = name;
				throw error;
			}
		});
}

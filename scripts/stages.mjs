// Runs the stages of `npm test` and `npm run check` one after the other: each with its seconds, up to the first that
// fails, and a summary at the end.

import { Stop, seconds } from "./process.mjs";
import { sum } from "./test-counts.mjs";

/**
 * A stage is `{ name, again, run }`: `again` is the command that repeats it alone, and `run` returns what it counted
 * (`{ passed, failed, skipped }`) or nothing. A failing test run attaches its counts to the error, as `counts`.
 */
export async function runStages(stages, say = console.log) {
	const start = performance.now();
	const done = [];
	let failure = null;
	for (const { name, again, run } of stages) {
		say(`\n── ${name}`);
		const began = performance.now();
		try {
			const counts = await run();
			done.push({ name, time: seconds(began), counts });
		} catch (error) {
			if (!(error instanceof Stop)) throw error;
			failure = { name, again, error };
			// A stage without tests that fails counts as one failure: "0 failed" would be a lie.
			const counts = error.counts?.failed > 0 ? error.counts : sum([error.counts ?? {}, { failed: 1 }]);
			done.push({ name, time: seconds(began), counts, failed: true });
			break;
		}
		say(`   ${name}: ${done.at(-1).time}`);
	}
	say(`\n── Summary, ${seconds(start)}`);
	for (const { name, time, counts, failed } of done)
		say(`${failed ? "✗" : "✓"} ${name.padEnd(34)} ${time.padStart(12)}  ${inWords(counts)}`);
	const skipped = stages.length - done.length;
	if (failure) {
		say(`\n✗ ${failure.name} failed: ${failure.error.message}`);
		if (failure.error.remedy) say(`  ${failure.error.remedy}`);
		say(`  Run it alone: ${failure.again}`);
		if (skipped > 0) say(`  ${skipped} stages after it were not run.`);
	}
	const total = sum(done.map(({ counts }) => counts ?? {}));
	say(`\n${total.passed} passed, ${total.failed} failed`);
	return failure === null;
}

function inWords(counts) {
	if (!counts) return "";
	const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
	return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

// Waiting for things outside the page, which tell nobody when they happen.

import { setTimeout as pause } from "node:timers/promises";

/** What `look` returns as soon as that is true-ish. `what` ends the message when it never is: "no … within …". */
export async function until(what, look, timeoutMillis = 15_000) {
	const end = Date.now() + timeoutMillis;
	for (;;) {
		const found = await seen(look);
		if (found) return found;
		if (Date.now() > end) throw new Error(`no ${what} within ${timeoutMillis / 1000} s`);
		await pause(25);
	}
}

async function seen(look) {
	try {
		return await look();
	} catch (error) {
		// The page may replace an element between WebDriver's finding it and its answer: then there is nothing to see yet.
		if (/stale element/i.test(`${error.name} ${error.message}`)) return null;
		throw error;
	}
}

// `npm run e2e`: the tests that drive the real window under a virtual display. `npm run e2e:only` takes what was built
// before. Words after `--` choose test files: `npm run e2e:only -- drawing`.

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { counted } from "./checks/stage-list.mjs";
import { builtProgram, ROOT } from "./paths.mjs";
import { main, run, Stop } from "./process.mjs";
import { testPython } from "./setup/test-python.mjs";
import { setUp } from "./setup.mjs";
import { buildUi } from "./ui-build.mjs";

const FOLDER = "tests/e2e";

/** Runs the test files whose names contain one of `words` (all of them without words); returns the counts. */
export async function endToEndTests(words = []) {
	if (process.platform !== "linux") {
		throw new Stop("the end-to-end tests need Linux: WebKitWebDriver and a virtual X display", "run them on Linux.");
	}
	const app = builtProgram("debug", "bauta-app");
	if (!existsSync(app)) throw new Stop(`${app} is not there`, "npm run e2e, which builds it");
	const tests = readdirSync(path.join(ROOT, FOLDER)).filter((name) => name.endsWith(".test.mjs"));
	const chosen = tests.filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
	if (chosen.length === 0)
		throw new Stop(`no test of ${tests.join(", ") || FOLDER} matches ${words.join(" or ") || "*"}`);
	// One file after the other: they share the display, and only one window can have the keyboard.
	const node = ["--test", "--test-concurrency=1", "--test-reporter=spec", "--test-timeout=600000"];
	const files = chosen.map((name) => `${FOLDER}/${name}`);
	return counted("node", "sh", [`${FOLDER}/run.sh`, process.execPath, ...node, ...files], {
		...testPython(),
		BAUTA_APP: app,
	});
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	await main(async () => {
		const words = process.argv.slice(2).filter((word) => word !== "--only");
		if (!process.argv.includes("--only")) {
			await setUp({ forTests: true });
			await buildUi();
			// As `cargo test --workspace` builds it, so that nothing is built twice.
			await run("cargo", ["test", "--locked", "--workspace", "--no-run"]);
		}
		const { passed, failed } = await endToEndTests(words);
		console.log(`\n${passed} passed, ${failed} failed`);
	});
}

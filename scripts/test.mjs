// `npm test`: sets up and runs every check and test there is, the quick ones first, in the order in which their
// results are needed: the page is built before the Rust code that embeds it.

import * as stage from "./checks/stage-list.mjs";
import { endToEndTests } from "./e2e.mjs";
import { main } from "./process.mjs";
import { testPython } from "./setup/test-python.mjs";
import { setUp } from "./setup.mjs";
import { runStages } from "./stages.mjs";
import { buildUi } from "./ui-build.mjs";

await main(async () => {
	await setUp({ forTests: true });
	const python = testPython();
	const ok = await runStages([
		stage.rustFormat(),
		stage.dependencyRules(),
		stage.pageLints(),
		...stage.pageTypes(),
		stage.pageTests(),
		stage.scriptTests(),
		stage.conversionTests(python),
		{ name: "page build", again: "npx vite build", run: buildUi },
		stage.clippy(["--workspace"]),
		// This builds the window's program too, which the end-to-end tests drive: one set of features, one build.
		stage.rustTests(["--workspace"], python),
		stage.runtimeTests(python),
		{ name: "end-to-end tests", again: "npm run e2e", run: endToEndTests },
	]);
	if (!ok) process.exitCode = 1;
});

// `npm run check`: the quick part of `npm test`: formats, lints, types and unit tests, without the crates that need
// OpenCV or ONNX Runtime, and without a window.

import * as stage from "./checks/stage-list.mjs";
import { main } from "./process.mjs";
import { installNpmPackages } from "./setup/npm-packages.mjs";
import { checkToolchain } from "./setup/toolchain.mjs";
import { runStages } from "./stages.mjs";

await main(async () => {
	checkToolchain();
	await installNpmPackages();
	const ok = await runStages([
		stage.rustFormat(),
		stage.dependencyRules(),
		stage.pageLints(),
		...stage.pageTypes(),
		stage.pageTests(),
		stage.scriptTests(),
		stage.clippy([]),
		stage.rustTests([]),
	]);
	if (!ok) process.exitCode = 1;
});

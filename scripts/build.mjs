// `npm run build`: the packages for this system, with ONNX Runtime and the models inside. On Linux .deb and .rpm.

import { PROGRAMS } from "./paths.mjs";
import { main, run, runNpmProgram } from "./process.mjs";
import { setUp } from "./setup.mjs";
import { buildUi } from "./ui-build.mjs";

await main(async () => {
	await setUp();
	await buildUi();
	await run("cargo", ["build", "--release", "--locked", ...PROGRAMS]);
	const bundles = process.platform === "linux" ? ["--bundles", "deb,rpm"] : [];
	await runNpmProgram("@tauri-apps/cli", ["build", "--config", "src-tauri/tauri.bundle.conf.json", ...bundles], {
		program: "tauri",
	});
	console.log("The packages are in target/release/bundle, the command line is target/release/bauta.");
});

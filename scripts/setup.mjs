// `npm run setup`: makes this machine ready to build and run Bauta. What is there already is left alone.

import { pathToFileURL } from "node:url";
import { MODELS } from "./paths.mjs";
import { main, seconds } from "./process.mjs";
import { writeCargoConfig } from "./setup/cargo-config.mjs";
import { fetchModelFiles } from "./setup/model-files.mjs";
import { installNpmPackages } from "./setup/npm-packages.mjs";
import { installSystemPackages } from "./setup/system-packages.mjs";
import { checkToolchain } from "./setup/toolchain.mjs";

/** Everything `npm start` needs; with `forTests` also what `npm test` needs. */
export async function setUp({ forTests = false } = {}) {
	const start = performance.now();
	console.log("Set-up: system packages, npm packages, ONNX Runtime, models");
	checkToolchain();
	await installSystemPackages(["build", "opencv", ...(forTests ? ["test"] : [])]);
	await installNpmPackages();
	fetchModelFiles(MODELS);
	writeCargoConfig();
	console.log(`  ready in ${seconds(start)}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	await main(() => setUp({ forTests: process.argv.includes("--tests") }));
}

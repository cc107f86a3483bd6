// Builds the page that the window shows.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, TARGET } from "./paths.mjs";
import { runNpmProgram } from "./process.mjs";
import { checksumOfAll } from "./setup/checksum.mjs";

const INPUTS = ["ui", "package-lock.json", "tsconfig.json", "vite.config.ts"];
const DIST = path.join(ROOT, "ui", "dist");

/** Builds ui/dist with vite, unless it is there and nothing it is made from has changed. */
export async function buildUi() {
	const stamp = path.join(TARGET, "ui-build.sha256");
	const inputs = INPUTS.map((name) => path.join(ROOT, name));
	const wanted = checksumOfAll(inputs, (place) => place === DIST || place.endsWith(".test.ts"));
	const done = existsSync(path.join(DIST, "index.html")) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
	if (done) return console.log("  the page is up to date");
	rmSync(stamp, { force: true });
	await runNpmProgram("vite", ["build", "--logLevel", "warn"]);
	mkdirSync(TARGET, { recursive: true });
	writeFileSync(stamp, wanted);
}

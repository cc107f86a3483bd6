// Installs the npm packages of package-lock.json when they are not the installed ones.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../paths.mjs";
import { run } from "../process.mjs";
import { checksum } from "./checksum.mjs";

/** Installs exactly what package-lock.json says; does nothing when that was done before. */
export async function installNpmPackages() {
	const modules = path.join(ROOT, "node_modules");
	// npm ci empties the folder first, so the stamp cannot outlive an installation that broke off.
	const stamp = path.join(modules, ".bauta-installed");
	const wanted = checksum(path.join(ROOT, "package-lock.json"));
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
	console.log("  installing the npm packages of package-lock.json");
	const remedy =
		"read the message of npm above; when it is about the network, check the connection and run this again.";
	// No package of ours needs its install script, and some would download programs.
	await run(...npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]), { remedy });
	writeFileSync(stamp, wanted);
}

/** npm as a command: run by this very Node when npm started us, since on Windows npm is no program. */
function npm(args) {
	const script = process.env.npm_execpath;
	return script?.endsWith(".js") ? [process.execPath, [script, ...args]] : ["npm", args];
}

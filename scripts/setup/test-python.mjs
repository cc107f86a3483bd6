// Python packages for tests only, in a folder of their own under target/.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, TARGET } from "../paths.mjs";
import { output } from "../process.mjs";
import { checksum } from "./checksum.mjs";
import { python } from "./pypi.mjs";

/**
 * Installs the packages of test-python.txt and returns the environment in which tests find them. Where that fails,
 * says why and returns one without them: the tests that need them skip, and say so.
 */
export function testPython() {
	const list = path.join(ROOT, "scripts", "test-python.txt");
	const folder = path.join(TARGET, "test-python");
	const stamp = path.join(folder, ".bauta-installed");
	const wanted = `${checksum(list)} ${output(python(), ["--version"])}`;
	const present = existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
	if (!present && !install(list, folder, stamp, wanted)) return { BAUTA_PYTHON: python() };
	return { BAUTA_PYTHON: python(), PYTHONPATH: folder };
}

function install(list, folder, stamp, wanted) {
	console.log("  installing Python packages for the tests");
	const part = `${folder}.part`;
	rmSync(part, { recursive: true, force: true });
	const args = ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--only-binary=:all:"];
	const done = output(python(), [...args, "--target", part, "--requirement", list], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	if (done === null) {
		console.warn("  not installed (see pip's message above): tests that compare with Pillow and onnx will be skipped");
		return false;
	}
	rmSync(folder, { recursive: true, force: true });
	renameSync(part, folder);
	writeFileSync(stamp, wanted);
	return true;
}

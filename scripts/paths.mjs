// Where things lie in the checkout.

import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const MODELS = path.join(ROOT, "models");
export const TARGET = process.env.CARGO_TARGET_DIR
	? path.resolve(ROOT, process.env.CARGO_TARGET_DIR)
	: path.join(ROOT, "target");

/** Builds all that runs: the window, the command line, and the reader of cameras and videos beside them. */
export const PROGRAMS = ["bauta-desktop", "bauta-cli", "bauta-capture"].flatMap((name) => ["--package", name]);

const EXECUTABLE_SUFFIX = process.platform === "win32" ? ".exe" : "";

/** A program that cargo built; `profile` is `debug` or `release`. */
export function builtProgram(profile, name) {
	return path.join(TARGET, profile, name + EXECUTABLE_SUFFIX);
}

/** A path as people type it in the checkout. */
export function shown(file) {
	const relative = path.relative(ROOT, file);
	return relative.startsWith("..") ? file : relative;
}

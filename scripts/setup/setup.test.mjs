import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { ROOT } from "../paths.mjs";
import { parseToml } from "../toml.mjs";
import { cargoConfig } from "./cargo-config.mjs";
import { namesToInstall, parseList } from "./system-packages.mjs";
import { isAtLeast } from "./toolchain.mjs";

const LIST = `
# comment
[build]
compiler
mold (optional)
[opencv]
clang-14 | clang
[test]
xvfb
`;

test("only the wanted groups of the list are read, with alternatives and options", () => {
	assert.deepEqual(parseList(LIST, ["build", "opencv"]), [
		{ names: ["compiler"], optional: false },
		{ names: ["mold"], optional: true },
		{ names: ["clang-14", "clang"], optional: false },
	]);
});

test("of a missing package the first name on offer is installed, and optional ones are done without", () => {
	const wanted = parseList(LIST, ["build", "opencv", "test"]);
	const offered = new Set(["clang", "xvfb"]);
	const chosen = namesToInstall(
		wanted,
		(name) => name === "compiler",
		(name) => offered.has(name),
	);
	assert.deepEqual(chosen, { chosen: ["clang", "xvfb"], absent: [] });
});

test("an installed alternative is enough, and a package that nobody offers is named", () => {
	const wanted = parseList(LIST, ["build", "opencv"]);
	const chosen = namesToInstall(
		wanted,
		(name) => name === "clang",
		() => false,
	);
	assert.deepEqual(chosen, { chosen: [], absent: ["compiler"] });
});

test("versions compare as numbers", () => {
	for (const [found, wanted, expected] of [
		["1.95.0", "1.95", true],
		["1.100.0", "1.95", true],
		["1.9.0", "1.95", false],
		["2.0.0", "1.95", true],
		["20.18.3", "20.19", false],
	]) {
		assert.equal(isAtLeast(found, wanted), expected, `${found} against ${wanted}`);
	}
});

test("the cargo configuration names OpenCV's folders and the linker only where they are needed", () => {
	const multiarch = "aarch64-linux-gnu";
	const full = parseToml(cargoConfig({ needsOpencvPaths: true, hasMold: true, multiarch }), "config.toml");
	assert.equal(full.env.OPENCV_LINK_PATHS, "/usr/lib/aarch64-linux-gnu");
	assert.deepEqual(full.target["aarch64-unknown-linux-gnu"].rustflags, ["-C", "link-arg=-fuse-ld=mold"]);
	assert.deepEqual(parseToml(cargoConfig({ needsOpencvPaths: false, hasMold: false, multiarch }), "config.toml"), {});
});

test("package-lock.json has the optional packages of every system", () => {
	// npm leaves out those that its registry could not give at the time, and then npm ci refuses the file.
	const { packages } = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8"));
	const missing = Object.entries(packages).flatMap(([user, { optionalDependencies = {} }]) =>
		Object.keys(optionalDependencies).filter(
			(name) => !packages[`node_modules/${name}`] && !packages[`${user}/node_modules/${name}`],
		),
	);
	assert.deepEqual(missing, []);
});

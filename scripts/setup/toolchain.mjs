// Node and Rust: set-up uses them and does not install them.

import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../paths.mjs";
import { output, Stop } from "../process.mjs";

/** Whether `found` is at least `wanted`; versions as in `1.95.0` or `20.19`. */
export function isAtLeast(found, wanted) {
	const [a, b] = [found, wanted].map((version) => version.split(".").map((part) => Number.parseInt(part, 10)));
	for (const [index, part] of b.entries()) {
		const other = a[index] ?? 0;
		if (other !== part) return other > part;
	}
	return true;
}

/** Stops unless Node and Rust are there and new enough for package.json and Cargo.toml. */
export function checkToolchain() {
	const { engines } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
	const node = engines.node.replace(">=", "");
	if (!isAtLeast(process.versions.node, node)) {
		throw new Stop(`Node ${node} or newer is needed, found ${process.versions.node}`, "install a newer Node.js.");
	}
	const rust = /^rust-version = "([\d.]+)"/m.exec(readFileSync(path.join(ROOT, "Cargo.toml"), "utf8"))[1];
	const found = output("rustc", ["--version"])?.split(" ")[1];
	if (!found || output("cargo", ["--version"]) === null) {
		throw new Stop(`Rust ${rust} or newer is needed, found none`, "install it with rustup (https://rustup.rs).");
	}
	if (!isAtLeast(found, rust)) throw new Stop(`Rust ${rust} or newer is needed, found ${found}`, "rustup update");
}

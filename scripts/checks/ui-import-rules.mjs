// What the page's modules may import: app → features → geometry, shared, backend; features not each other.

import path from "node:path";

/** Layers and what they may import. `app` and `live` compose the two windows. */
const ALLOWED = {
	main: ["app", "live", "features", "backend", "shared", "geometry", "messages", "bindings"],
	app: ["features", "backend", "shared", "geometry", "messages", "bindings"],
	live: ["features", "backend", "shared", "geometry", "messages", "bindings"],
	features: ["backend", "shared", "geometry", "messages", "bindings"],
	backend: ["shared", "geometry", "bindings"],
	shared: ["geometry", "messages", "bindings"],
	geometry: ["bindings"],
	messages: [],
	bindings: [],
};
const TAURI = /^@tauri-apps\//;
const TAURI_LAYERS = ["backend", "bindings"];

/** What breaks the rules, one sentence each. `sources`: `{ file, text }`, `file` relative to ui/src, with `/`. */
export function brokenUiImports(sources) {
	return sources.flatMap(({ file, text }) => importsOf(text).flatMap((target) => broken(file, target)));
}

function broken(file, target) {
	const from = placeOf(file);
	if (TAURI.test(target)) {
		return TAURI_LAYERS.includes(from.layer) ? [] : [`${file} imports ${target}; only backend/ may`];
	}
	if (!target.startsWith(".")) return [];
	const to = placeOf(path.posix.join(path.posix.dirname(file), target));
	if (!(from.layer in ALLOWED)) return [`${file} is in no layer; there are ${Object.keys(ALLOWED).join(", ")}`];
	if (from.layer === "features" && to.layer === "features" && from.feature !== to.feature) {
		return [`${file} imports ${target}; features do not import each other`];
	}
	if (from.layer === to.layer || ALLOWED[from.layer].includes(to.layer)) return [];
	return [`${file} imports ${target}; ${from.layer} may import ${ALLOWED[from.layer].join(", ") || "nothing"}`];
}

function placeOf(file) {
	const [first, second] = file.split("/");
	const layer = first.replace(/(\.svelte)?\.\w+$/, "");
	// Other modules at the top are the windows' entries.
	const isEntry = second === undefined && !(layer in ALLOWED);
	return { layer: isEntry ? "main" : layer, feature: second };
}

function importsOf(text) {
	const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
	const statements = /(?:import|export)\s[^"';]*?from\s*["']([^"']+)["']|import\s*\(?\s*["']([^"']+)["']/g;
	return [...code.matchAll(statements)].map(([, named, bare]) => named ?? bare);
}

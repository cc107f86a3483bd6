import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenCrateRules } from "./crate-rules.mjs";
import { forbiddenLicences, isAllowed } from "./licences.mjs";
import { brokenUiImports } from "./ui-import-rules.mjs";

const crate = (name, dependencies = [], license = "MIT") => ({
	id: name,
	name,
	version: "1.0.0",
	license,
	dependencies: dependencies.map((one) => (typeof one === "string" ? { name: one, kind: null } : one)),
});
const workspace = (...packages) => ({ packages, workspace_members: packages.map(({ id }) => id) });

test("crates that keep the table break no rule", () => {
	const metadata = workspace(crate("bauta-domain", ["serde"]), crate("bauta-store", ["bauta-domain", "rusqlite"]));
	assert.deepEqual(brokenCrateRules(metadata), []);
});

test("an edge that the table lacks is named with what is allowed", () => {
	const [broken, ...others] = brokenCrateRules(workspace(crate("bauta-app", ["bauta-domain", "bauta-vision"])));
	assert.match(broken, /bauta-app depends on bauta-vision; it may depend on bauta-domain, bauta-formats, bauta-store/);
	assert.deepEqual(others, []);
});

test("tests may use other crates of ours, but no wrapped crate of others", () => {
	const dev = (name) => ({ name, kind: "dev" });
	const broken = brokenCrateRules(workspace(crate("bauta-vision", [dev("bauta-inference"), dev("image")])));
	assert.deepEqual(broken, ["bauta-vision names image, which belongs to bauta-imaging only"]);
});

for (const [user, name] of [
	["bauta-app", "tauri"],
	["bauta-cli", "tauri-plugin-dialog"],
	["bauta-inference", "opencv"],
	["bauta-app", "ort"],
	["bauta-cli", "rusqlite"],
]) {
	test(`${user} may not name ${name}`, () => {
		assert.equal(brokenCrateRules(workspace(crate(user, [name]))).length, 1);
	});
}

test("a crate that is not in the table is a mistake", () => {
	assert.match(brokenCrateRules(workspace(crate("bauta-new")))[0], /bauta-new is not in the table/);
});

for (const [expression, expected] of [
	["MIT", true],
	["MIT/Apache-2.0", true],
	["GPL-3.0 OR MIT", true],
	["GPL-3.0", false],
	["(MIT OR Apache-2.0) AND IJG", true],
	["MIT AND GPL-2.0", false],
	["Apache-2.0 WITH LLVM-exception", true],
	["GPL-2.0 WITH Classpath-exception-2.0", false],
	[null, false],
]) {
	test(`the licence ${expression} is ${expected ? "allowed" : "not allowed"}`, () => {
		assert.equal(isAllowed(expression), expected);
	});
}

test("licences of build and test tools do not count, those of indirect dependencies do", () => {
	const edge = (pkg, kind) => ({ pkg, dep_kinds: [{ kind }] });
	const metadata = {
		packages: [crate("bauta-app"), crate("direct"), crate("deep", [], "GPL-3.0"), crate("tool", [], "GPL-3.0")],
		workspace_members: ["bauta-app"],
		resolve: {
			nodes: [
				{ id: "bauta-app", deps: [edge("direct", null), edge("tool", "dev")] },
				{ id: "direct", deps: [edge("deep", null), edge("tool", "build")] },
				{ id: "deep", deps: [] },
				{ id: "tool", deps: [] },
			],
		},
	};
	assert.deepEqual(forbiddenLicences(metadata), ["deep 1.0.0 has the licence GPL-3.0"]);
});

for (const [file, text, expected] of [
	["app/App.svelte", 'import Canvas from "../features/canvas/Canvas.svelte";', null],
	["app/session.ts", 'import { backend } from "../backend";', null],
	["main.ts", 'import App from "./app/App.svelte";', null],
	[
		"features/canvas/tools/draw.ts",
		'import { hit } from "../hit-test";\nimport type { Id } from "../../../bindings";',
		null,
	],
	["features/canvas/editor.ts", 'import {\n\tone,\n} from "../images/strip";', "features do not import each other"],
	["features/canvas/editor.ts", 'import { go } from "../../app/commands";', "features may import"],
	["geometry/points.ts", 'import { t } from "../shared/messages";', "geometry may import"],
	["shared/keys.ts", 'export { x } from "../backend";', "shared may import"],
	["shared/keys.ts", 'await import("@tauri-apps/api/core");', "only backend/ may"],
	["backend/tauri.ts", 'import { invoke } from "@tauri-apps/api/core";', null],
	["bindings.ts", 'import { invoke } from "@tauri-apps/api/core";', null],
	["shared/keys.ts", '// import x from "@tauri-apps/api/core";', null],
	["stray/thing.ts", 'import { x } from "../shared/keys";', "in no layer"],
]) {
	test(`${file} with ${JSON.stringify(text)} is ${expected ?? "fine"}`, () => {
		const broken = brokenUiImports([{ file, text }]);
		assert.equal(broken.length, expected ? 1 : 0, broken.join());
		if (expected) assert.match(broken[0], new RegExp(expected));
	});
}

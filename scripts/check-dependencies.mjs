// `node scripts/check-dependencies.mjs`: the dependency rules of ARCHITECTURE.md, for crates, licences and the page.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { brokenCrateRules } from "./checks/crate-rules.mjs";
import { forbiddenLicences } from "./checks/licences.mjs";
import { brokenUiImports } from "./checks/ui-import-rules.mjs";
import { ROOT } from "./paths.mjs";
import { main, output, Stop } from "./process.mjs";

/** Stops with every broken rule. */
export function checkDependencies() {
	const metadata = cargoMetadata();
	const broken = [...brokenCrateRules(metadata), ...forbiddenLicences(metadata), ...brokenUiImports(uiSources())];
	if (broken.length > 0) {
		throw new Stop(
			`${broken.length} dependency rules are broken:\n  ${broken.join("\n  ")}`,
			"the rules and their reasons are in ARCHITECTURE.md.",
		);
	}
	const crates = metadata.workspace_members.length;
	console.log(`  ${crates} crates, ${metadata.packages.length} packages and the page's imports keep the rules`);
}

function cargoMetadata() {
	const host = /^host: (.*)$/m.exec(output("rustc", ["-vV"]))[1];
	const args = ["metadata", "--format-version", "1", "--locked", "--filter-platform", host];
	const done = spawnSync("cargo", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 28 });
	if (done.status === 0) return JSON.parse(done.stdout);
	throw new Stop(
		`cargo metadata says: ${done.stderr.trim()}`,
		"when Cargo.lock is out of date, run cargo check and commit it.",
	);
}

function uiSources() {
	const folder = path.join(ROOT, "ui", "src");
	const names = readdirSync(folder, { recursive: true }).filter((name) => /\.(ts|svelte)$/.test(name));
	return names.map((name) => ({
		file: name.replaceAll(path.sep, "/"),
		text: readFileSync(path.join(folder, name), "utf8"),
	}));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(checkDependencies);

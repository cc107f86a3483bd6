// `npm run bench -- NAME`: runs crates/*/benches/NAME.rs, optimised. Without a name, says which there are.
// With `--against tensorflow,pytorch`, these frameworks are installed for that one run.

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "./paths.mjs";
import { main, run, Stop } from "./process.mjs";
import { python } from "./setup/pypi.mjs";
import { setUp } from "./setup.mjs";

/** The packages that hold a framework. */
const FRAMEWORKS = { tensorflow: "tensorflow-cpu==2.21.0", pytorch: "torch==2.15.0" };

function benches() {
	const crates = path.join(ROOT, "crates");
	return readdirSync(crates).flatMap((crate) => {
		const folder = path.join(crates, crate, "benches");
		const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".rs")) : [];
		return files.map((file) => ({
			crate: `bauta-${crate}`,
			name: path.parse(file).name.replaceAll("_", "-"),
			target: path.parse(file).name,
		}));
	});
}

/** Runs `work` with the frameworks after `--against` in a Python environment that is thrown away afterwards. */
async function withFrameworks(words, work) {
	const names = (words[words.indexOf("--against") + 1] ?? "").split(",");
	const packages = words.includes("--against") ? names.map((name) => FRAMEWORKS[name]).filter(Boolean) : [];
	if (packages.length === 0) return work({});
	const folder = mkdtempSync(path.join(os.tmpdir(), "bauta-bench-"));
	try {
		console.log(`  installing ${packages.join(" and ")} for this run`);
		await run(python(), ["-m", "venv", folder]);
		const interpreter = path.join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
		await run(interpreter, ["-m", "pip", "install", "--quiet", "--only-binary=:all:", "--no-cache-dir", ...packages]);
		return await work({ BAUTA_BENCH_PYTHON: interpreter });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

await main(async () => {
	const [wanted, ...words] = process.argv.slice(2);
	const all = benches();
	const bench = all.find(({ name }) => name === wanted);
	if (!bench) {
		const names = all.map(({ name }) => name).join(", ") || "none yet";
		throw new Stop(`no bench is called ${wanted ?? "nothing"}`, `npm run bench -- NAME, one of: ${names}`);
	}
	await setUp();
	const args = ["bench", "--locked", "--package", bench.crate, "--bench", bench.target, "--", ...words];
	await withFrameworks(words, (env) => run("cargo", args, { env }));
});

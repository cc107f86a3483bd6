// `npm run bench -- NAME`: runs crates/*/benches/NAME.rs, optimised, or tests/e2e/NAME.bench.mjs, which measures the
// optimised window on a virtual display (BAUTA_APP names another build of it). Without a name, says which there are.
// With `--against tensorflow,pytorch` (or `labelImg`), these are installed for that one run.

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { builtProgram, PROGRAMS, ROOT } from "./paths.mjs";
import { main, run, Stop } from "./process.mjs";
import { python } from "./setup/pypi.mjs";
import { testPython } from "./setup/test-python.mjs";
import { setUp } from "./setup.mjs";
import { buildUi } from "./ui-build.mjs";

/** The packages that hold a framework or a program to compare with. */
const FRAMEWORKS = {
	tensorflow: ["tensorflow-cpu==2.21.0"],
	pytorch: ["torch==2.15.0"],
	labelImg: ["labelImg==1.8.6"],
};
/** What the programs beside them read and change pictures with. */
const PICTURES = ["numpy==2.4.6", "pillow==13.0.0", "scipy==1.17.1"];
/** Nothing is compiled but labelImg, which is Python and comes as sources only. */
const WHEELS = ["--only-binary=:all:", "--no-binary=labelImg"];
const WINDOW_BENCHES = "tests/e2e";

function crateBenches() {
	const crates = path.join(ROOT, "crates");
	return readdirSync(crates).flatMap((crate) => {
		const folder = path.join(crates, crate, "benches");
		const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".rs")) : [];
		return files.map((file) => ({
			name: path.parse(file).name.replaceAll("_", "-"),
			run: async (words) => {
				await setUp();
				// Cargo builds the programs of the bench's own package only; cameras and videos are read by another.
				if (crate === "cli") await run("cargo", ["build", "--release", "--locked", "--package", "bauta-capture"]);
				const bench = ["--package", `bauta-${crate}`, "--bench", path.parse(file).name];
				const args = ["bench", "--locked", ...bench, "--", ...words];
				await withFrameworks(words, (env) => run("cargo", args, { env }));
			},
		}));
	});
}

function windowBenches() {
	const files = readdirSync(path.join(ROOT, WINDOW_BENCHES)).filter((name) => name.endsWith(".bench.mjs"));
	return files.map((file) => ({
		name: file.replace(".bench.mjs", ""),
		run: async (words) => {
			await setUp({ forTests: true });
			const env = { ...testPython(), BAUTA_APP: process.env.BAUTA_APP };
			if (!env.BAUTA_APP) {
				await buildUi();
				await run("cargo", ["build", "--release", "--locked", ...PROGRAMS]);
				env.BAUTA_APP = builtProgram("release", "bauta-app");
			}
			const bench = ["tests/e2e/run.sh", process.execPath, `${WINDOW_BENCHES}/${file}`, ...words];
			await withFrameworks(words, (against) => run("sh", bench, { env: { ...env, ...against } }));
		},
	}));
}

/** Runs `work` with the frameworks after `--against` in a Python environment that is thrown away afterwards. */
async function withFrameworks(words, work) {
	const names = (words[words.indexOf("--against") + 1] ?? "").split(",");
	const wanted = words.includes("--against") ? names.flatMap((name) => FRAMEWORKS[name] ?? []) : [];
	if (wanted.length === 0) return work({});
	const packages = [...wanted, ...PICTURES];
	const folder = mkdtempSync(path.join(os.tmpdir(), "bauta-bench-"));
	try {
		console.log(`  installing ${packages.join(", ")} for this run`);
		await run(python(), ["-m", "venv", folder]);
		const interpreter = path.join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
		await run(interpreter, ["-m", "pip", "install", "--quiet", ...WHEELS, "--no-cache-dir", ...packages]);
		return await work({ BAUTA_BENCH_PYTHON: interpreter });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

await main(async () => {
	const [wanted, ...words] = process.argv.slice(2);
	const all = [...crateBenches(), ...windowBenches()];
	const bench = all.find(({ name }) => name === wanted);
	if (!bench) {
		const names = all.map(({ name }) => name).join(", ") || "none yet";
		throw new Stop(`no bench is called ${wanted ?? "nothing"}`, `npm run bench -- NAME, one of: ${names}`);
	}
	await bench.run(words);
});

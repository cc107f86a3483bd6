// The stages that `npm test` and `npm run check` are made of. Each can be repeated alone with its `again`.

import { readdirSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../paths.mjs";
import { commandLine, npmProgram, run, Stop } from "../process.mjs";
import { countTests } from "../test-counts.mjs";

/** A stage that runs one command. With `runner`, its tests are counted (test-counts.mjs). */
function command(name, program, args, { runner, env } = {}) {
	return {
		name,
		again: commandLine(program, args),
		run: () => (runner ? counted(runner, program, args, env) : run(program, args, { env })),
	};
}

/** Runs a test runner and returns its counts; when it fails, the error carries them. */
export async function counted(runner, program, args, env) {
	let text = "";
	const watch = (piece) => {
		text += piece;
	};
	try {
		await run(program, args, { env, watch });
	} catch (error) {
		throw Object.assign(error, { counts: countTests(runner, text) });
	}
	const counts = countTests(runner, text);
	// A runner that finds no test ends with status 0.
	if (counts.passed + counts.failed === 0) throw new Stop(`${commandLine(program, args)} ran no test`);
	return counts;
}

function npmCommand(name, packageName, args, options = {}) {
	const [node, script] = npmProgram(packageName, options.program);
	return command(name, node, [script, ...args], options);
}

export const rustFormat = () => command("Rust format", "cargo", ["fmt", "--all", "--check"]);

export const dependencyRules = () => command("dependency rules", process.execPath, ["scripts/check-dependencies.mjs"]);

export const pageLints = () =>
	npmCommand("page format and lints", "@biomejs/biome", ["check", "--error-on-warnings"], { program: "biome" });

export const pageTypes = () => [
	npmCommand("page types, Svelte", "svelte-check", ["--tsconfig", "tsconfig.json", "--fail-on-warnings"]),
	npmCommand("page types, TypeScript", "typescript", ["--project", "tsconfig.json"], { program: "tsc" }),
];

export const pageTests = () => npmCommand("page tests", "vitest", ["run"], { runner: "vitest" });

export const scriptTests = () => {
	const tests = ["scripts", "scripts/checks", "scripts/setup"].flatMap((folder) =>
		readdirSync(path.join(ROOT, folder))
			.filter((name) => name.endsWith(".test.mjs"))
			.map((name) => `${folder}/${name}`),
	);
	return command("tests of the scripts", process.execPath, ["--test", "--test-reporter=spec", ...tests], {
		runner: "node",
	});
};

/** Clippy on `packages`: `["--workspace"]`, or nothing for those that need no native library. */
export const clippy = (packages) =>
	command("Rust lints", "cargo", ["clippy", "--locked", ...packages, "--all-targets", "--", "--deny", "warnings"]);

export const rustTests = (packages, env) =>
	command("Rust tests", "cargo", ["test", "--locked", ...packages], { runner: "cargo", env });

/** Exported models in Python and in a browser, and a tuning on Ray; with the program that the Rust tests built. */
export const runtimeTests = (env) =>
	command(
		"models in other runtimes",
		process.execPath,
		[
			"--test",
			"--test-reporter=spec",
			"--test-timeout=600000",
			"tests/runtimes/exported-model.test.mjs",
			"tests/cluster/ray.test.mjs",
		],
		{ runner: "node", env },
	);

// As `python -m unittest discover`, but on standard output, where the tests are counted.
const DISCOVERY =
	"import sys, unittest; unittest.main(module=None, argv=['', 'discover', '-s', 'models', '-p', '*_test.py'], " +
	"testRunner=unittest.TextTestRunner(stream=sys.stdout))";

export const conversionTests = (env) =>
	command("model conversion", env.BAUTA_PYTHON, ["-c", DISCOVERY], { runner: "unittest", env });

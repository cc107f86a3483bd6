// The documented example on a cluster of this machine's cores: every round is done, and a best is found.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { builtProgram, ROOT } from "../../scripts/paths.mjs";

const CROPS = path.join(ROOT, "..", "shared", "data", "B_synth_types");
const PYTHON = process.env.BAUTA_PYTHON ?? "python3";
const OPTIONS = "--trials 3 --arch tiny --sizes 32 --epochs 1 --seeds 2 --threads 1".split(" ");

const folder = mkdtempSync(path.join(os.tmpdir(), "bauta-ray-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Why this test cannot run here, or false. */
function missing() {
	if (!existsSync(CROPS)) return `${CROPS} is not there`;
	if (spawnSync(PYTHON, ["-c", "import ray"]).status !== 0)
		return `${PYTHON} has no ray; make an environment with it and name its python in BAUTA_PYTHON`;
	return false;
}

test("the trials of a tuning run on a Ray cluster", { skip: missing() }, () => {
	const out = path.join(folder, "tuned");
	const program = builtProgram("debug", "bauta");
	const example = path.join(ROOT, "examples", "ray_tune.py");
	const { status, stdout, stderr } = spawnSync(PYTHON, [example, CROPS, out, "--bauta", program, "--", ...OPTIONS], {
		encoding: "utf8",
		maxBuffer: 1 << 26,
		// Ray would leave a token in the home folder otherwise.
		env: { ...process.env, RAY_AUTH_MODE: "disabled" },
	});
	assert.equal(status, 0, stdout + stderr);
	const told = spawnSync(program, ["tune", "--collect", out, "--json"], { encoding: "utf8" });
	const result = JSON.parse(told.stdout);
	assert.equal(result.due, 0, "nothing is left to do");
	assert.ok(result.finalists.length > 0 && result.finalists.every(({ scores }) => scores.every(Number.isFinite)));
	assert.match(result.command, /^bauta train /);
	assert.match(readFileSync(path.join(out, "report.html"), "utf8"), /<h1>Tuning<\/h1>/);
});

// A model that the program exported says the same in the program, in Python's ONNX Runtime and in onnxruntime-web in
// Chromium, on real crops; and onnx.checker finds nothing wrong with it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { builtProgram, ROOT } from "../../scripts/paths.mjs";
import { answersInBrowser, chromium } from "./browser.mjs";

const CROPS = path.join(ROOT, "..", "shared", "data", "B_real_types");
const PYTHON = process.env.BAUTA_PYTHON ?? "python3";
const LIMIT = 1e-4;
const MODELS = [
	{ name: "the paper's network", side: 64, options: ["--preset", "paper"] },
	{ name: "quick, with averaged views", side: 64, options: ["--preset", "quick", "--average-views"] },
	{ name: "transfer", side: 96, options: ["--preset", "transfer"] },
	{
		name: "transfer on EfficientNet-Lite0",
		side: 96,
		options: ["--preset", "transfer", "--arch", "efficientnet-lite0"],
	},
];

const folder = mkdtempSync(path.join(os.tmpdir(), "bauta-runtimes-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program and returns what it prints. */
function output(program, args) {
	const env = { ...process.env, XDG_CACHE_HOME: path.join(folder, "cache") };
	const { status, stdout, stderr, error } = spawnSync(program, args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
	assert.equal(status, 0, `${program} ${args[0]}: ${error ?? stderr}`);
	return stdout;
}

/** Why these tests cannot run here, or null. */
function missing() {
	if (!existsSync(CROPS)) return `${CROPS} is not there`;
	if (spawnSync(PYTHON, ["-c", "import onnx, onnxruntime, PIL"]).status !== 0)
		return `${PYTHON} has no onnx, onnxruntime and Pillow; npm run setup installs them`;
	return null;
}

/** Ten crops of each category in a folder of their own, and five of each to ask about. */
function crops() {
	const data = path.join(folder, "crops");
	const asked = [];
	for (const { name } of readdirSync(CROPS, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
		const files = readdirSync(path.join(CROPS, name)).sort();
		mkdirSync(path.join(data, name), { recursive: true });
		for (const file of files.slice(0, 10)) copyFileSync(path.join(CROPS, name, file), path.join(data, name, file));
		asked.push(...files.slice(10, 15).map((file) => path.join(CROPS, name, file)));
	}
	return { data, asked };
}

function largestDifference(some, others) {
	assert.equal(some.length, others.length);
	const differences = some.flatMap((row, index) => row.map((value, label) => Math.abs(value - others[index][label])));
	// NaN must not pass as agreement.
	assert.ok(differences.every(Number.isFinite), String(differences));
	return Math.max(...differences);
}

const reason = missing();
const browser = chromium();
const { data, asked } = reason ? {} : crops();

for (const { name, side, options } of MODELS) {
	test(`${name} says the same in the program, in Python and in a browser`, { skip: reason ?? false }, async (t) => {
		assert.equal(asked.length, 20);
		const out = path.join(folder, name);
		const bauta = builtProgram("debug", "bauta");
		output(bauta, ["train", data, "--out", out, "--epochs", "1", "--size", String(side), ...options]);
		const model = path.join(out, "model.onnx");
		const inPython = JSON.parse(output(PYTHON, [path.join(ROOT, "tests/runtimes/reference.py"), model, out, ...asked]));
		const pictures = inPython.map(({ file }) => file);
		const lines = output(bauta, ["classify", model, ...pictures, "--json"]).trim().split("\n");
		const inProgram = lines.map((line) => Object.values(JSON.parse(line).probabilities));
		const python = largestDifference(
			inProgram,
			inPython.map(({ probabilities }) => probabilities),
		);
		assert.ok(python <= LIMIT, `Python differs by ${python}`);
		if (!browser) return t.skip("no Chromium here; npm run setup installs chromium-headless-shell where it is offered");
		const web = largestDifference(inProgram, await answersInBrowser(browser, model, side, pictures));
		assert.ok(web <= LIMIT, `the browser differs by ${web}`);
		t.diagnostic(`largest difference: Python ${python.toExponential(1)}, browser ${web.toExponential(1)}`);
	});
}

// Runs other programs, and ends this one with a message that says what failed and what to do.

import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";

/** A reason to stop that a person can act on: what is wrong, and what to do about it. */
export class Stop extends Error {
	constructor(what, remedy) {
		super(what);
		this.remedy = remedy;
	}
}

/** Runs a script's main function; a `Stop` becomes a message and status 1 instead of a stack trace. */
export async function main(body) {
	try {
		await body();
	} catch (error) {
		if (!(error instanceof Stop)) throw error;
		console.error(`\n✗ ${error.message}`);
		if (error.remedy) console.error(`\n  What to do: ${error.remedy.replaceAll("\n", "\n  ")}`);
		process.exitCode = 1;
	}
}

/**
 * Runs a program in the checkout and shows its output.
 * `options.env` is added to this process's environment. With `options.watch`, standard output passes through that
 * function too, piece by piece.
 * Throws `Stop` when the program is missing or ends with another status than 0.
 */
export function run(command, args, { env = {}, cwd = ROOT, watch, remedy } = {}) {
	return new Promise((resolve, reject) => {
		const stdio = watch ? ["inherit", "pipe", "inherit"] : "inherit";
		const child = spawn(command, args, { cwd, stdio, env: { ...process.env, ...env } });
		child.stdout?.on("data", (bytes) => {
			process.stdout.write(bytes);
			watch(bytes.toString());
		});
		child.on("error", (error) => reject(new Stop(`${command} cannot be run: ${error.message}`, remedy)));
		child.on("close", (status, signal) => {
			if (status === 0) return resolve();
			const how = signal ? `was ended by ${signal}` : `ended with status ${status}`;
			reject(new Stop(`${commandLine(command, args)} ${how}`, remedy));
		});
	});
}

/** Standard output of a program, trimmed; `null` when it is missing or fails. */
export function output(command, args, options = {}) {
	const done = spawnSync(command, args, { encoding: "utf8", cwd: ROOT, ...options });
	return done.status === 0 ? done.stdout.trim() : null;
}

/** The command line as a person would type it. */
export function commandLine(command, args) {
	const program = command === process.execPath ? "node" : command;
	return [program, ...args]
		.map((word) => word.replace(ROOT + path.sep, ""))
		.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`))
		.join(" ");
}

/** Command and first arguments that run a program of an installed npm package, on every system alike. */
export function npmProgram(packageName, program = packageName) {
	const folder = path.join(ROOT, "node_modules", packageName);
	const { bin } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
	return [process.execPath, path.join(folder, typeof bin === "string" ? bin : bin[program])];
}

/** Runs a program of an installed npm package. */
export function runNpmProgram(packageName, args, { program = packageName, ...options } = {}) {
	const [node, script] = npmProgram(packageName, program);
	return run(node, [script, ...args], options);
}

/** Seconds since `start` (of `performance.now()`), for people. */
export function seconds(start) {
	const elapsed = (performance.now() - start) / 1000;
	return elapsed < 60 ? `${elapsed.toFixed(1)} s` : `${Math.floor(elapsed / 60)} min ${Math.round(elapsed % 60)} s`;
}

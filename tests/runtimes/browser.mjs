// An exported model in onnxruntime-web, in Chromium without a window.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../../scripts/paths.mjs";

const PROGRAMS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
const TYPES = { ".html": "text/html", ".mjs": "text/javascript", ".wasm": "application/wasm", ".png": "image/png" };
const RUNTIME = path.join(ROOT, "node_modules", "onnxruntime-web", "dist");

/** The Chromium of this machine, or null. */
export function chromium() {
	return PROGRAMS.find((name) => spawnSync(name, ["--version"]).status === 0) ?? null;
}

/** What the model says of each picture; they have the model's own size, `side`. */
export async function answersInBrowser(program, model, side, pictures) {
	const files = pictures.map((picture, index) => [`/picture/${index}.png`, picture]);
	const known = new Map([...files, ["/", path.join(ROOT, "tests/runtimes/page.html")], ["/model.onnx", model]]);
	const job = JSON.stringify({ side, files: files.map(([address]) => address) });
	let tell;
	const told = new Promise((resolve) => {
		tell = resolve;
	});
	const server = createServer(async (request, response) => {
		const { pathname } = new URL(request.url, "http://localhost");
		if (request.method === "POST") {
			let body = "";
			for await (const piece of request) body += piece;
			response.end();
			return tell(JSON.parse(body));
		}
		if (pathname === "/job.json") return response.end(job);
		const file = known.get(pathname) ?? path.join(RUNTIME, path.basename(pathname));
		try {
			const body = readFileSync(file);
			response.setHeader("content-type", TYPES[path.extname(file)] ?? "application/octet-stream").end(body);
		} catch {
			response.writeHead(404).end();
		}
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const profile = mkdtempSync(path.join(os.tmpdir(), "bauta-chromium-"));
	const options = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`];
	const address = `http://127.0.0.1:${server.address().port}/`;
	// A group of its own: the program is often a script that starts the browser, which has processes of its own.
	const browser = spawn(program, [...options, "--remote-debugging-port=0", address], { stdio: "ignore", detached: true });
	const ended = new Promise((resolve) => {
		browser.on("exit", (code) => resolve({ error: `${program} ended with status ${code}` }));
	});
	try {
		const result = await Promise.race([told, ended]);
		if (result.error) throw new Error(result.error);
		return result.answers;
	} finally {
		if (browser.exitCode === null) process.kill(-browser.pid, "SIGKILL");
		await ended;
		server.closeAllConnections();
		server.close();
		rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
	}
}

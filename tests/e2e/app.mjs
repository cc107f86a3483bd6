// Starts the real program and connects WebDriver to its windows. WebKitWebDriver is asked directly: on Linux that is
// all tauri-driver does.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { remote } from "webdriverio";
import { until } from "./until.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");
const PROGRAM = process.env.BAUTA_APP ?? path.join(ROOT, "target/debug/bauta-app");

/**
 * Starts the program with `args` and a home of its own, and waits until its page has loaded.
 * `home`: a folder that several starts share, for what must survive a restart; without it a new one, removed by `stop`.
 * `env`: more environment for the program.
 */
export async function startApp({ args = [], home, env = {} } = {}) {
	const ownHome = home ?? mkdtempSync(path.join(tmpdir(), "bauta-e2e-"));
	const port = await freePort();
	const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
		env: { ...process.env, ...homeEnvironment(ownHome), TAURI_WEBVIEW_AUTOMATION: "true", ...env },
		stdio: ["ignore", "ignore", "inherit"],
	});
	process.once("exit", () => driver.kill("SIGKILL"));
	try {
		await until(`answer of WebKitWebDriver on port ${port}`, () => answers(port));
		const browser = await remote({
			hostname: "127.0.0.1",
			port,
			logLevel: "error",
			connectionRetryCount: 0,
			// A program that ends at once never answers.
			connectionRetryTimeout: 60_000,
			capabilities: {
				"webkitgtk:browserOptions": { binary: PROGRAM, args },
				"wdio:enforceWebDriverClassic": true,
			},
		});
		await browser.waitUntil(() => browser.execute(() => window.__bauta !== undefined));
		return new App(browser, driver, ownHome, home === undefined);
	} catch (error) {
		driver.kill();
		if (home === undefined) rmSync(ownHome, { recursive: true, force: true });
		throw error;
	}
}

/** A running program. */
class App {
	#driver;
	#ownsHome;

	/** Made by `startApp`. */
	constructor(browser, driver, home, ownsHome) {
		/** WebdriverIO's browser, on the main window. */
		this.browser = browser;
		/** The program's home folder. */
		this.home = home;
		/** Process id of the program. */
		this.pid = childrenOf(driver.pid)[0];
		this.#driver = driver;
		this.#ownsHome = ownsHome;
	}

	/** What the page's test seam shows: `rows`, `categories`, `picture`… Undefined until the page has started. */
	look(what) {
		return this.browser.execute((name) => window.__bauta?.store[name], what);
	}

	/** Runs a command as its menu entry would; does not wait for what it does. */
	dispatch(id) {
		return this.browser.execute((name) => void window.__bauta.dispatch(name), id);
	}

	/** Calls a command of the program, past the page; for looking at what is stored. */
	async invoke(command, args = {}) {
		const answer = await this.browser.executeAsync(
			(name, values, done) => {
				const call = window.__TAURI_INTERNALS__.invoke(name, values);
				call.then(
					(value) => done({ value }),
					(error) => done({ error }),
				);
			},
			command,
			args,
		);
		if ("error" in answer) throw new Error(`${command}: ${JSON.stringify(answer.error)}`);
		return answer.value;
	}

	/** Waits until no dialog is open: a command that comes before would be closed with it. */
	dialogClosed() {
		return until("closed dialog", () => this.browser.execute(() => document.querySelector("dialog[open]") === null));
	}

	/** Waits until the element's text matches, and returns it. */
	async textMatching(selector, pattern, timeoutMillis = 15_000) {
		let text = "";
		const look = async () => {
			const element = await this.browser.$(selector);
			text = (await element.isExisting()) ? await element.getText() : "";
			return pattern.test(text);
		};
		const timeoutMsg = `${selector} never matched ${pattern}`;
		await this.browser.waitUntil(look, { timeout: timeoutMillis, interval: 50, timeoutMsg }).catch((error) => {
			throw new Error(`${error.message}; it is ${JSON.stringify(text)}`);
		});
		return text;
	}

	/** Presses, moves and releases the mouse over an element; points in CSS pixels from its top left corner. */
	async drag(selector, from, to) {
		const element = await this.browser.$(selector);
		const { width, height } = await element.getSize();
		// WebDriver counts from the element's centre.
		const place = ({ x, y }) => ({ origin: element, x: Math.round(x - width / 2), y: Math.round(y - height / 2) });
		const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
		const mouse = this.browser.action("pointer").move(place(from)).down();
		await mouse.move(place(middle)).move(place(to)).up().perform();
	}

	/** Goes to the second window as soon as there is one; returns the function that goes back. */
	async switchToNewWindow() {
		const before = await this.browser.getWindowHandle();
		const handles = await until("second window", async () => {
			const all = await this.browser.getWindowHandles();
			return all.length > 1 && all;
		});
		await this.browser.switchToWindow(handles.find((handle) => handle !== before));
		return () => this.browser.switchToWindow(before);
	}

	/** Ends the program as its window's close button does, or at once when it would ask something first; and the driver. */
	async stop() {
		await this.browser.deleteSession().catch(() => {});
		await until("end of the program", () => hasEnded(this.pid), 3000).catch(() => endAtOnce(this.pid));
		await this.#end();
	}

	/** Kills the program at once, without a chance to finish anything. */
	async kill() {
		endAtOnce(this.pid);
		await this.#end();
	}

	async #end() {
		if (this.#driver.exitCode === null && this.#driver.signalCode === null) {
			const ended = new Promise((resolve) => this.#driver.once("exit", resolve));
			this.#driver.kill("SIGKILL");
			await ended;
		}
		// Until then it may have files open.
		await until("end of the program", () => hasEnded(this.pid));
		if (this.#ownsHome) rmSync(this.home, { recursive: true, force: true });
	}
}

/** A home folder as environment variables; its folders are made. */
export function homeEnvironment(home) {
	const folders = {
		XDG_CONFIG_HOME: path.join(home, ".config"),
		XDG_DATA_HOME: path.join(home, ".local/share"),
		XDG_STATE_HOME: path.join(home, ".local/state"),
		XDG_CACHE_HOME: path.join(home, ".cache"),
	};
	for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
	return { HOME: home, ...folders };
}

function endAtOnce(pid) {
	try {
		process.kill(pid, "SIGKILL");
	} catch (error) {
		if (error.code !== "ESRCH") throw error;
	}
}

/** Whether a process is gone, or waits only for somebody to ask how it ended. */
function hasEnded(pid) {
	try {
		// Its first thread can be gone while others still hold its files.
		const threads = readdirSync(`/proc/${pid}/task`).length;
		return threads <= 1 && / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, ""));
	} catch {
		return true;
	}
}

function childrenOf(pid) {
	return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}

function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

async function answers(port) {
	return fetch(`http://127.0.0.1:${port}/status`).then(
		(response) => response.ok,
		() => false,
	);
}

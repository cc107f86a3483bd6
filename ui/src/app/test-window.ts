// The main window over the fake backend, for tests: what jsdom lacks, stubbed; no waiting in jobs.

import { flushSync, mount, unmount } from "svelte";
import { vi } from "vitest";
import { createFakeBackend, type FakeBackend, type FakeOptions } from "../backend/fake";
import App from "./App.svelte";
import { Session } from "./session.svelte";

export type TestWindow = {
	backend: FakeBackend;
	session: Session;
	press(key: string, held?: KeyboardEventInit): void;
	/** The button with this text or name. */
	button(name: string): HTMLButtonElement;
	text(): string;
	/** Waits for what the next turns of the event loop bring. */
	until(condition: () => boolean): Promise<unknown>;
	close(): void;
};

export async function openWindow(options: FakeOptions = {}): Promise<TestWindow> {
	vi.stubGlobal(
		"ResizeObserver",
		class {
			observe() {}
			unobserve() {}
			disconnect() {}
		},
	);
	HTMLImageElement.prototype.decode = () => Promise.resolve();
	vi.stubGlobal("createImageBitmap", (image: unknown) => Promise.resolve(image));
	HTMLCanvasElement.prototype.getContext = () => null;
	window.open = () => null;
	document.execCommand = () => true;
	localStorage.clear();
	const backend = createFakeBackend({ wait: () => Promise.resolve(), ...options });
	const session = new Session(backend);
	await session.start();
	await session.opened;
	const app = mount(App, { target: document.body, props: { session } });
	flushSync();
	session.editor?.resize({ width: 800, height: 600 });
	const names = (button: Element) => [button.getAttribute("aria-label"), button.textContent?.trim()];
	return {
		backend,
		session,
		press: (key, held = {}) => {
			const event = { key, bubbles: true, cancelable: true, ...held };
			(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", event));
			(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keyup", event));
			flushSync();
		},
		button: (name) => {
			const found = Array.from(document.querySelectorAll("button")).find((button) => names(button).includes(name));
			if (!found) throw new Error(`there is no button "${name}"`);
			return found;
		},
		text: () => {
			flushSync();
			return document.body.textContent ?? "";
		},
		until: (condition) =>
			vi.waitUntil(
				() => {
					flushSync();
					return condition();
				},
				{ timeout: 10_000, interval: 5 },
			),
		close: () => void unmount(app),
	};
}

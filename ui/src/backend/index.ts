import { isTauri } from "@tauri-apps/api/core";
import type { Backend } from "./backend";

export * from "./backend";

/** Rust inside the program's window; in a browser, and never in a release build, the fake one. */
export async function connect(): Promise<Backend> {
	if (import.meta.env.MODE === "production" || isTauri()) return (await import("./tauri")).tauriBackend;
	const { createFakeBackend } = await import("./fake");
	return createFakeBackend();
}

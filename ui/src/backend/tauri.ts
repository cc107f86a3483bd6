// The real backend: the only place, with bindings.ts, that knows Tauri.

import { convertFileSrc } from "@tauri-apps/api/core";
import { commands, events, type LiveResult } from "../bindings";
import type { Backend, LiveFrame } from "./backend";

export const tauriBackend: Backend = {
	...commands,
	events,
	nativeMenu: true,
	imageUrl: (id, maxSide) => convertFileSrc(id, "img") + (maxSide === undefined ? "" : `?max=${maxSide}`),
	liveFrame,
};

async function liveFrame(after: number): Promise<LiveFrame | null> {
	const response = await fetch(`${convertFileSrc("frame", "live")}?after=${after}`);
	const header = response.headers.get("x-bauta-result");
	if (response.status === 204) return null;
	if (!response.ok || header === null) throw new Error(await response.text());
	const result: LiveResult = JSON.parse(decodeURIComponent(header));
	return { jpeg: await response.blob(), result };
}

// The real backend: the only place, with bindings.ts, that knows Tauri.

import { convertFileSrc } from "@tauri-apps/api/core";
import { commands, events, type LiveResult } from "../bindings";
import { type Backend, BOX_SIDE, type LiveFrame } from "./backend";

export const tauriBackend: Backend = {
	...commands,
	events,
	nativeMenu: true,
	imageUrl: (id, maxSide) => convertFileSrc(id, "img") + (maxSide === undefined ? "" : `?max=${maxSide}`),
	boxUrl: (id, size, bbox) => {
		if (size === null) return null;
		const shares = [bbox.x1 / size.width, bbox.y1 / size.height, bbox.x2 / size.width, bbox.y2 / size.height];
		return `${convertFileSrc(id, "img")}?max=${BOX_SIDE}&part=${shares.map((share) => share.toFixed(5)).join(",")}`;
	},
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

// The real backend: the only place, with bindings.ts, that knows Tauri.

import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import { type CommandError, commands, events, type LiveResult } from "../bindings";
import { type Backend, BOX_SIDE, type LiveFrame, type Result } from "./backend";

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
	sampleUrl: (run, sample, side) => `${address("img")}run/${run}/${sample}?max=${side}`,
	changesUrl: (source, config) =>
		`${address("img")}changes?source=${source}&config=${encodeURIComponent(JSON.stringify(config))}`,
	saveFigure,
	liveFrame,
};

/** Where a scheme begins: its path may have more than one part, which `convertFileSrc` would escape. */
function address(scheme: string): string {
	return convertFileSrc("", scheme);
}

async function saveFigure(name: string, bytes: Uint8Array): Promise<Result<string | null>> {
	try {
		const headers = { "x-bauta-name": encodeURIComponent(name) };
		return { status: "ok", data: await invoke<string | null>("save_figure", bytes, { headers }) };
	} catch (error) {
		return { status: "error", error: error as CommandError };
	}
}

async function liveFrame(after: number): Promise<LiveFrame | null> {
	const response = await fetch(`${convertFileSrc("frame", "live")}?after=${after}`);
	const header = response.headers.get("x-bauta-result");
	if (response.status === 204) return null;
	if (!response.ok || header === null) throw new Error(await response.text());
	const result: LiveResult = JSON.parse(decodeURIComponent(header));
	return { jpeg: await response.blob(), result };
}

// What the source field of the live window means.

import type { LiveChoice } from "../../bindings";

export type SourceField = `camera:${number}` | "file" | "url";

export function isSourceField(text: string): boolean {
	return text === "file" || text === "url" || /^camera:\d+$/.test(text);
}

export function choiceOf(source: SourceField, address: string): LiveChoice | null {
	if (source === "file") return { kind: "file" };
	if (source === "url") return address.trim() === "" ? null : { kind: "url", url: address.trim() };
	return { kind: "camera", index: Number(source.slice("camera:".length)) };
}

export function sourceReady(source: SourceField, video: string | null, address: string): boolean {
	return source === "file" ? video !== null : choiceOf(source, address) !== null;
}

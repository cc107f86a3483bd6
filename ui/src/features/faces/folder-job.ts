// How far auto-crop or "find unprocessed" is, and what came of it in words.

import type { AutocropSummary, UnprocessedSummary } from "../../bindings";
import { t } from "../../shared/messages";

export type FolderJobState<Summary> =
	| { readonly kind: "form" }
	| { readonly kind: "running" }
	| { readonly kind: "done"; readonly summary: Summary }
	| { readonly kind: "failed"; readonly message: string };

export function autocropText({ crops }: AutocropSummary): string {
	const count = crops.written;
	return crops.cancelled ? t("autocrop.stopped", { count }) : t("autocrop.done", { count });
}

export function unprocessedText({ cancelled, copied }: UnprocessedSummary): string {
	return cancelled ? t("unprocessed.stopped", { count: copied }) : t("unprocessed.done", { count: copied });
}

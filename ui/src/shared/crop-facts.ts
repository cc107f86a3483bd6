// What writing crops did besides writing, in words.

import type { CropSummary } from "../bindings";
import { t } from "./messages";

/** One phrase for each thing that was done at all. */
export function cropFacts({ updated, unchanged, removed, deleted }: CropSummary): string[] {
	const counts = { updated, unchanged, removed, deleted };
	const done = (["updated", "unchanged", "removed", "deleted"] as const).filter((key) => counts[key] > 0);
	return done.map((key) => t(`autocrop.${key}`, { count: counts[key] }));
}

// What a person should know before training on too little or on one-sided data. Sayings of experience, not rules.

import type { DatasetCheck } from "../../bindings";
import { t } from "../../shared/messages";

const FEW = 20;
const ONE_SIDED = 5;

export function datasetWarnings(counts: readonly { label: string; count: number }[]): string[] {
	const few = counts.filter(({ count }) => count < FEW).map(({ label }) => label);
	const warnings =
		few.length > 0 ? [t("training.warning.few", { labels: few.join(", "), count: few.length, limit: FEW })] : [];
	const numbers = counts.map(({ count }) => count);
	const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
	const largest = counts.find(({ count }) => count === most);
	if (largest && most > ONE_SIDED * least)
		warnings.push(
			t("training.warning.oneSided", { label: largest.label, times: Math.floor(most / Math.max(1, least)) }),
		);
	return warnings;
}

type Check = { kind: "none" } | { kind: "running" } | { kind: "ready"; found: DatasetCheck };

/** What of a look at every picture spoils the training, or the check. */
export function checkWarnings(check: Check): string[] {
	if (check.kind !== "ready") return [];
	const { unreadable, straddling } = check.found;
	return [
		...(straddling.length > 0 ? [t("training.check.straddling", { labels: straddling.join(", ") })] : []),
		...(unreadable > 0 ? [t("training.check.unreadable", { count: unreadable })] : []),
	];
}

/** What is taken care of, and worth knowing. */
export function checkFacts(check: Check): string[] {
	if (check.kind === "running") return [t("training.check.running")];
	if (check.kind === "none") return [];
	const { copies, bursts } = check.found;
	if (copies + bursts === 0) return [t("training.check.fine")];
	return [
		...(copies > 0 ? [t("training.check.copies", { count: copies })] : []),
		...(bursts > 0 ? [t("training.check.bursts", { count: bursts })] : []),
	];
}

export function groupFacts(groups: number | null): string[] {
	return groups === null ? [] : [t("training.groups", { count: groups })];
}

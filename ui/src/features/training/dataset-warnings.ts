// What a person should know before training on too little or on one-sided data. Sayings of experience, not rules.

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

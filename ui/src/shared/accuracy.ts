// A share of right answers as people say it.

import { t } from "./messages";

/** "0.83: about one in six wrong". */
export function accuracyInWords(accuracy: number): string {
	const wrong = 1 - accuracy;
	// Two digits would round a last few mistakes away.
	const value = accuracy.toFixed(wrong > 0 && wrong < 0.01 ? 3 : 2);
	if (wrong < 0.0005) return t("accuracy.none", { value });
	if (wrong < 0.005) return t("accuracy.few", { value });
	if (wrong > 0.55) return t("accuracy.most", { value });
	if (wrong > 0.42) return t("accuracy.half", { value });
	return t("accuracy.oneIn", { value, count: oneIn(wrong) });
}

function oneIn(wrong: number): string {
	const words = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"] as const;
	const count = Math.max(2, Math.round(1 / wrong));
	const word = words[count - 2];
	return word ? t(`number.${word}`) : String(count);
}

// Every visible word comes from the catalogue. The Rust side reads the same file for its native menus, so
// texts under `menu.`, `step.` and `dialog.` use plain {placeholders} only.

import { IntlMessageFormat } from "intl-messageformat";
import en from "../messages/en.json";

export type MessageKey = keyof typeof en;
type Values = Record<string, string | number>;

const LOCALE = "en";
const parsed = new Map<MessageKey, IntlMessageFormat>();

/** The text of `key` with its {placeholders} filled and plurals chosen. */
export function t(key: MessageKey, values: Values = {}): string {
	let format = parsed.get(key);
	if (!format) {
		format = new IntlMessageFormat(en[key], LOCALE, undefined, { ignoreTag: true });
		parsed.set(key, format);
	}
	return String(format.format(values));
}

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });

/** 1234.5 → "1,235" */
export function wholeNumber(value: number): string {
	return whole.format(value);
}

/** Texts of the program that begin with a small letter, because they may follow others, alone on the screen. */
export function sentence(text: string): string {
	// An address or the name of a file stays as it is.
	const startsWithWord = /^\p{L}+(?=[\s,;]|$)/u.test(text);
	return startsWithWord ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
}

/** 0.834 → "83 %" */
export function percent(share: number): string {
	return t("number.percent", { value: Math.round(share * 100) });
}

/** An ISO instant in the time of this place: "2026-02-03 14:05". */
export function localTime(instant: string): string {
	const date = new Date(instant);
	if (Number.isNaN(date.valueOf())) return instant;
	const two = (number: number) => String(number).padStart(2, "0");
	const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
	return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Seconds as a person says them: "40 s", "3 min", "2 h 10 min". */
export function duration(seconds: number): string {
	if (seconds < 59.5) return t("duration.seconds", { seconds: Math.max(1, Math.round(seconds)) });
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) return t("duration.minutes", { minutes });
	return t("duration.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

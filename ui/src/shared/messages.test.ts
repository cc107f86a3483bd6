// @vitest-environment node
import { expect, test } from "vitest";
import en from "../messages/en.json";
import { duration, type MessageKey, sentence, t } from "./messages";

const files: Record<string, string> = import.meta.glob(["../**/*.{ts,svelte}", "!../**/*.test.ts", "!../bindings.ts"], {
	query: "?raw",
	import: "default",
	eager: true,
});
const sources = Object.entries(files).map(([name, text]) => ({ name, text }));
const keys = Object.keys(en) as MessageKey[];
/** Used by Rust, or made of a prefix and a value whose type the compiler checks. */
const FROM_RUST = /^(menu|dialog|step)\./;

test("every key in the page's code is in the catalogue", () => {
	const missing = sources.flatMap(({ name, text }) =>
		Array.from(text.matchAll(/\bt\(\s*"([^"]+)"/g), ([, key]) => key ?? "")
			.filter((key) => !(key in en))
			.map((key) => `${name}: ${key}`),
	);
	expect(missing).toEqual([]);
});

test("every text of the catalogue is used", () => {
	const all = sources.map(({ text }) => text).join("\n");
	const prefixes = Array.from(all.matchAll(/`([a-z]+[\w.]*\.)\$\{/gi), ([, prefix]) => prefix ?? "");
	const unused = keys.filter(
		(key) => !FROM_RUST.test(key) && !all.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
	);
	expect(unused).toEqual([]);
});

test("no visible words stand in the components", () => {
	const found = sources
		.filter(({ name }) => name.endsWith(".svelte"))
		.flatMap(({ name, text }) => {
			const markup = text.replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, "");
			const attributes = Array.from(markup.matchAll(/\b(aria-label|title|placeholder|alt)="([^"{]*[a-z]{2}[^"{]*)"/g));
			const bare = Array.from(markup.replace(/\{[^{}]*\}/g, "").matchAll(/>([^<>{}=]*[A-Za-z]{3,}[^<>{}=]*)</g));
			return [...attributes.map((match) => match[2]), ...bare.map((match) => match[1]?.trim())].map(
				(words) => `${name}: ${words}`,
			);
		});
	expect(found).toEqual([]);
});

test("every text can be formatted, and none has a straight apostrophe, which quotes", () => {
	const values = Object.fromEntries(Array.from(JSON.stringify(en).matchAll(/\{(\w+)/g), ([, name]) => [name ?? "", 2]));
	for (const key of keys) {
		expect(en[key], key).not.toContain("'");
		expect(() => t(key, values), key).not.toThrow();
	}
});

test.each([
	[0.2, "1 s"],
	[59, "59 s"],
	[60, "1 min"],
	[3599, "1 h 0 min"],
	[7800, "2 h 10 min"],
])("%d seconds are %s", (seconds, text) => {
	expect(duration(seconds)).toBe(text);
});

test.each([
	["the file is at its end", "The file is at its end"],
	["camera 0: it is busy", "Camera 0: it is busy"],
	["http://127.0.0.1/a: no more pictures", "http://127.0.0.1/a: no more pictures"],
	["clip.avi: no video", "clip.avi: no video"],
	["", ""],
])("%s stands alone as %s", (text, alone) => {
	expect(sentence(text)).toBe(alone);
});

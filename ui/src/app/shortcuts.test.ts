// @vitest-environment node
import { expect, test } from "vitest";
import { COMMAND_IDS } from "./command-ids";
import { SHORTCUTS, shortcutText } from "./shortcuts";
import table from "./shortcuts.json";

test("every line of the table is a command with a text", () => {
	expect(SHORTCUTS.map(({ command }) => command)).toEqual(table.map(({ command }) => command));
	expect(SHORTCUTS.filter(({ command }) => shortcutText(command) === undefined)).toEqual([]);
});

test("no key means two things, and no command stands twice", () => {
	const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
	expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
	expect(new Set(table.map(({ command }) => command)).size).toBe(table.length);
	expect(COMMAND_IDS.length).toBe(new Set(COMMAND_IDS).size);
});

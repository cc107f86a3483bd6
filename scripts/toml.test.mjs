import assert from "node:assert/strict";
import { test } from "node:test";
import { parseToml } from "./toml.mjs";

test("tables, arrays of tables and values are read", () => {
	const text = `
# comment
title = "a # in a string" # and a comment
[one.two]
count = 3
[[file]]
tags = ["a", "b",]
[[file]]
on = true
`;
	assert.deepEqual(parseToml(text, "x.toml"), {
		title: "a # in a string",
		one: { two: { count: 3 } },
		file: [{ tags: ["a", "b"] }, { on: true }],
	});
});

test("what is not understood is an error with file and line", () => {
	assert.throws(() => parseToml("a = 1\nb = 1979-05-27", "x.toml"), /x\.toml, line 2: expected a string/);
	assert.throws(() => parseToml("just words", "x.toml"), /x\.toml, line 1: expected a table/);
});

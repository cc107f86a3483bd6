// Reads the part of TOML that this project's own files use: tables, arrays of tables, and keys with strings, numbers,
// booleans or one-line arrays. Anything else is an error, never a wrong value.

/** The document as plain objects. `name` is the file's name in error messages. */
export function parseToml(text, name) {
	const document = {};
	let table = document;
	for (const [index, raw] of text.split(/\r?\n/).entries()) {
		const line = raw.trim();
		if (line === "" || line.startsWith("#")) continue;
		const heading = /^(\[\[?)([\w.-]+)(\]\]?)\s*(#.*)?$/.exec(line);
		const pair = /^([\w-]+)\s*=\s*(.+)$/.exec(line);
		if (heading && heading[1].length === heading[3].length) {
			table = opened(document, heading[2], heading[1] === "[[");
		} else if (pair) {
			table[pair[1]] = value(pair[2], `${name}, line ${index + 1}`);
		} else {
			throw new Error(`${name}, line ${index + 1}: expected a table or key = value, found ${line}`);
		}
	}
	return document;
}

function opened(document, dotted, isArray) {
	const keys = dotted.split(".");
	const last = keys.pop();
	let parent = document;
	for (const key of keys) {
		parent[key] ??= {};
		parent = parent[key];
	}
	if (!isArray) {
		parent[last] ??= {};
		return parent[last];
	}
	parent[last] ??= [];
	parent[last].push({});
	return parent[last].at(-1);
}

function value(text, place) {
	const token = /^("(?:[^"\\]|\\.)*"|'[^']*'|\[[^\]]*\]|true|false|-?\d+(?:\.\d+)?)\s*(?:#.*)?$/.exec(text)?.[1];
	if (token === undefined) throw new Error(`${place}: expected a string, number, boolean or array, found ${text}`);
	if (token.startsWith("'")) return token.slice(1, -1);
	// What is left is JSON but for a comma after the last element.
	return JSON.parse(token.replace(/,\s*\]$/, "]"));
}

// Whether every crate that ends up in the programs may be given away with them.

const ALLOWED = new Set([
	"0BSD",
	"Apache-2.0",
	"Apache-2.0 WITH LLVM-exception",
	"BSD-2-Clause",
	"BSD-3-Clause",
	"BSL-1.0",
	"CC0-1.0",
	"IJG",
	"ISC",
	"MIT",
	"MIT-0",
	"MPL-2.0",
	"Unicode-3.0",
	"Unlicense",
	"Zlib",
]);

/** Crates (not ours) whose licence is not on the list, one sentence each. Tools of build and test do not count. */
export function forbiddenLicences(metadata) {
	const packages = new Map(metadata.packages.map((crate) => [crate.id, crate]));
	const distributed = [...reachable(metadata)].map((id) => packages.get(id));
	return distributed
		.filter((crate) => !metadata.workspace_members.includes(crate.id) && !isAllowed(crate.license))
		.map((crate) => `${crate.name} ${crate.version} has the licence ${crate.license ?? "(none named)"}`);
}

function reachable(metadata) {
	const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
	const seen = new Set();
	const open = [...metadata.workspace_members];
	while (open.length > 0) {
		const id = open.pop();
		if (seen.has(id)) continue;
		seen.add(id);
		const normal = nodes.get(id).deps.filter(({ dep_kinds }) => dep_kinds.some(({ kind }) => kind === null));
		open.push(...normal.map(({ pkg }) => pkg));
	}
	return seen;
}

/** Whether an SPDX expression can be satisfied with the list. The old `A/B` means OR. */
export function isAllowed(expression) {
	if (!expression) return false;
	const words = expression.replaceAll("/", " OR ").match(/\(|\)|[^\s()]+/g);
	const any = () => {
		let fits = all();
		while (words[0] === "OR") {
			words.shift();
			fits = all() || fits;
		}
		return fits;
	};
	const all = () => {
		let fits = one();
		while (words[0] === "AND") {
			words.shift();
			fits = one() && fits;
		}
		return fits;
	};
	const one = () => {
		let licence = words.shift();
		if (licence === "(") {
			const inside = any();
			words.shift();
			return inside;
		}
		if (words[0] === "WITH") licence += ` ${words.shift()} ${words.shift()}`;
		return ALLOWED.has(licence);
	};
	return any();
}

// Which crate may use which, from ARCHITECTURE.md's table, checked on what `cargo metadata` says.

const EVERYTHING = "domain files formats store imaging capture vision inference training app sample adapters".split(
	" ",
);

/** For each crate of ours, the crates of ours it may depend on. A crate that is not here is a mistake. */
export const ALLOWED = {
	"bauta-domain": [],
	"bauta-files": [],
	"bauta-formats": ["domain"],
	"bauta-store": ["domain"],
	"bauta-imaging": ["domain", "files"],
	"bauta-capture": ["domain"],
	"bauta-vision": ["domain", "imaging"],
	"bauta-inference": ["domain", "imaging"],
	"bauta-training": ["domain", "files", "imaging", "inference"],
	"bauta-app": ["domain", "formats", "store", "files"],
	"bauta-sample": ["domain", "imaging"],
	"bauta-adapters": ["domain", "imaging", "capture", "vision", "inference", "training", "app", "sample"],
	"bauta-cli": EVERYTHING,
	"bauta-desktop": ["domain", "imaging", "app", "adapters"],
	"bauta-workflows": EVERYTHING,
};

/** Crates of others that only these crates of ours may name: everything else goes through ours. */
export const WRAPPERS = [
	{ pattern: /^tauri($|-)/, only: ["desktop"] },
	{ pattern: /^opencv$/, only: ["capture", "vision"] },
	{ pattern: /^nokhwa$/, only: ["capture"] },
	{ pattern: /^(image|fast_image_resize|jpeg-encoder|turbojpeg|moxcms|tiff)$/, only: ["imaging"] },
	{ pattern: /^ort$/, only: ["inference", "training"] },
	{ pattern: /^rusqlite$/, only: ["store"] },
];

const PREFIX = "bauta-";

/** What breaks the rules, one sentence each. Tests (dev-dependencies) may use any crate of ours. */
export function brokenCrateRules(metadata, allowed = ALLOWED, wrappers = WRAPPERS) {
	const members = metadata.packages.filter((crate) => metadata.workspace_members.includes(crate.id));
	return members.flatMap((crate) => [...brokenEdges(crate, allowed), ...brokenWrappers(crate, wrappers)]);
}

function brokenEdges(crate, allowed) {
	if (!(crate.name in allowed)) {
		return [`${crate.name} is not in the table of scripts/checks/crate-rules.mjs (and ARCHITECTURE.md)`];
	}
	const ours = crate.dependencies.filter(({ name, kind }) => name.startsWith(PREFIX) && kind !== "dev");
	const may = allowed[crate.name].map((name) => PREFIX + name);
	return ours
		.filter(({ name }) => !may.includes(name))
		.map(({ name }) => `${crate.name} depends on ${name}; it may depend on ${may.join(", ") || "none of ours"}`);
}

function brokenWrappers(crate, wrappers) {
	return crate.dependencies.flatMap(({ name }) => {
		const rule = wrappers.find(({ pattern }) => pattern.test(name));
		if (!rule || rule.only.some((wrapper) => crate.name === PREFIX + wrapper)) return [];
		return [
			`${crate.name} names ${name}, which belongs to ${rule.only.map((wrapper) => PREFIX + wrapper).join(" and ")} only`,
		];
	});
}

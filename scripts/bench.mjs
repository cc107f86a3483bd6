// `npm run bench -- NAME`: runs crates/*/benches/NAME.rs, optimised. Without a name, says which there are.

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";
import { main, run, Stop } from "./process.mjs";
import { setUp } from "./setup.mjs";

function benches() {
	const crates = path.join(ROOT, "crates");
	return readdirSync(crates).flatMap((crate) => {
		const folder = path.join(crates, crate, "benches");
		const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".rs")) : [];
		return files.map((file) => ({
			crate: `bauta-${crate}`,
			name: path.parse(file).name.replaceAll("_", "-"),
			target: path.parse(file).name,
		}));
	});
}

await main(async () => {
	const [wanted, ...words] = process.argv.slice(2);
	const all = benches();
	const bench = all.find(({ name }) => name === wanted);
	if (!bench) {
		const names = all.map(({ name }) => name).join(", ") || "none yet";
		throw new Stop(`no bench is called ${wanted ?? "nothing"}`, `npm run bench -- NAME, one of: ${names}`);
	}
	await setUp();
	await run("cargo", ["bench", "--locked", "--package", bench.crate, "--bench", bench.target, "--", ...words]);
});

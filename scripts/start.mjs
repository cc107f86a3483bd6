// `npm start`: sets up, builds the optimised programs, and opens the window on the sample. Without a display it runs
// the demo of the command line. Words after `--` go to the program instead: `npm start -- ~/Pictures/masks`.

import { builtProgram, PROGRAMS } from "./paths.mjs";
import { main, run } from "./process.mjs";
import { setUp } from "./setup.mjs";
import { buildUi } from "./ui-build.mjs";

function hasDisplay() {
	return process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

await main(async () => {
	const words = process.argv.slice(2);
	await setUp();
	console.log("Build: page and programs (the first time takes a while)");
	await buildUi();
	await run("cargo", ["build", "--release", "--locked", ...PROGRAMS]);
	if (hasDisplay()) {
		await run(builtProgram("release", "bauta-app"), words.length > 0 ? words : ["--sample"]);
	} else {
		console.log("No display was found (DISPLAY and WAYLAND_DISPLAY are not set): running the demo instead.");
		await run(builtProgram("release", "bauta"), ["demo", ...(words.length > 0 ? words : ["--out", "sample/demo"])]);
	}
});

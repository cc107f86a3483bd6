// `npm run bindings`: writes ui/src/bindings.ts from the commands in src-tauri.

import { main, run } from "./process.mjs";

await main(() =>
	run("cargo", ["test", "--locked", "--workspace", "--test", "bindings"], { env: { BAUTA_WRITE_BINDINGS: "1" } }),
);

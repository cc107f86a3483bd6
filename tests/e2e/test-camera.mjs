// A camera for tests, through the interface of Linux's own cameras: `camera.c` in the program answers for a device that
// is not there.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Makes one in `folder`, not plugged in; `env` is what the program needs to have it. */
export function makeCamera(folder, name) {
	mkdirSync(path.join(folder, "dev"), { recursive: true });
	const library = path.join(folder, "camera.so");
	const source = path.join(import.meta.dirname, "camera.c");
	execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
	const put = (file, bytes) => {
		mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		writeFileSync(path.join(folder, file), bytes);
	};
	const toggle = (file) => (on) => (on ? put(file, "") : rmSync(path.join(folder, file), { force: true }));
	put("sys/video0/name", `${name}\n`);
	put("sys/video0/index", "0\n");
	return {
		env: { LD_PRELOAD: library, BAUTA_TEST_CAMERA: folder },
		/** What it sees, over and over. */
		sees: (jpegs) => {
			for (const [at, jpeg] of jpegs.entries()) put(`frames/${at}.jpg`, jpeg);
		},
		/** Whether it is plugged in. */
		plugIn: toggle("dev/video0"),
		/** Whether this user may not open it. */
		refuse: toggle("refused"),
		/** Whether another program has it. */
		takeAway: toggle("busy"),
		/** Whether its light is on. */
		isOn: () => existsSync(path.join(folder, "watched")),
	};
}

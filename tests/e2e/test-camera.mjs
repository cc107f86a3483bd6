// A camera for tests, through the interface of Linux's own cameras: `camera.c` in the program answers for a device that
// is not there.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
		/** Whether its light is on: it goes out with the process that has it, however that ends. */
		isOn: () => {
			const watched = path.join(folder, "watched");
			return existsSync(watched) && isAlive(readFileSync(watched, "utf8"));
		},
	};
}

/** Whether a process runs; one that has ended has no open files. */
function isAlive(pid) {
	try {
		return readdirSync(`/proc/${pid}/fd`).length > 0;
	} catch {
		return false;
	}
}

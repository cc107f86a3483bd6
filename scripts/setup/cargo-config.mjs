// Writes .cargo/config.toml for this machine: where OpenCV lies when pkg-config does not know, and the faster linker.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../paths.mjs";
import { output } from "../process.mjs";

const HEAD = "# Written by scripts/setup.mjs for this machine. Delete this line to keep changes of your own.\n";
const LIBRARIES = "opencv_core,opencv_imgproc,opencv_objdetect,opencv_videoio";

/** The file's text. `multiarch` is Debian's name of the processor's folders, such as `x86_64-linux-gnu`. */
export function cargoConfig({ needsOpencvPaths, hasMold, multiarch }) {
	let text = HEAD;
	if (needsOpencvPaths) {
		// Debian's opencv4.pc is only in the full libopencv-dev. The first folder holds cvconfig.h.
		text += `
[env]
OPENCV_LINK_LIBS = "${LIBRARIES}"
OPENCV_LINK_PATHS = "/usr/lib/${multiarch}"
OPENCV_INCLUDE_PATHS = "/usr/include/${multiarch}/opencv4,/usr/include/opencv4"
`;
	}
	if (hasMold) {
		text += `
[target.${multiarch.replace("-linux", "-unknown-linux")}]
rustflags = ["-C", "link-arg=-fuse-ld=mold"]
`;
	}
	return text;
}

/** Writes it, unless it is the same already (cargo would build everything anew) or somebody's own. */
export function writeCargoConfig() {
	if (process.platform !== "linux") return;
	const file = path.join(ROOT, ".cargo", "config.toml");
	const present = existsSync(file) ? readFileSync(file, "utf8") : null;
	if (present !== null && !present.startsWith(HEAD)) return;
	const text = cargoConfig(thisMachine());
	if (text === present) return;
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(`${file}.part`, text);
	renameSync(`${file}.part`, file);
}

function thisMachine() {
	const multiarch = `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
	return {
		multiarch,
		needsOpencvPaths:
			existsSync(`/usr/include/${multiarch}/opencv4`) && output("pkg-config", ["--exists", "opencv4"]) === null,
		// Old compilers have mold beside them and do not know the option.
		hasMold: output("cc", ["-fuse-ld=mold", "-Wl,--version"])?.startsWith("mold") ?? false,
	};
}

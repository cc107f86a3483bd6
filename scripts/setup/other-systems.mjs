// Systems whose package managers set-up does not drive: it looks for what is needed and says how to get it.

import { existsSync } from "node:fs";
import { output, Stop } from "../process.mjs";

/** What libjpeg-turbo is built with. */
const ASSEMBLER = ["nasm", ["-v"]];
const CMAKE = ["cmake", ["--version"]];

/** macOS: Xcode's command line tools, and OpenCV and LLVM of Homebrew. */
export function macOsInstructions() {
	const missing = [
		["a C++ compiler", "xcode-select --install", output("xcode-select", ["-p"])],
		["OpenCV 4", "brew install opencv pkgconf", output("pkg-config", ["--exists", "opencv4"])],
		["LLVM with libclang", "brew install llvm", output("brew", ["--prefix", "--installed", "llvm"])],
		["CMake", "brew install cmake", output(...CMAKE)],
		["NASM", "brew install nasm", output(...ASSEMBLER)],
	];
	report(missing);
}

/** Windows: the C++ build tools, LLVM, OpenCV of vcpkg. */
export function windowsInstructions() {
	const programs = process.env["ProgramFiles(x86)"] ?? "C:\\Program Files (x86)";
	const buildTools = existsSync(`${programs}\\Microsoft Visual Studio\\Installer\\vswhere.exe`) ? "" : null;
	const opencv = process.env.OPENCV_LINK_LIBS ?? process.env.VCPKG_ROOT ?? null;
	const missing = [
		[
			"the C++ build tools",
			"winget install Microsoft.VisualStudio.2022.BuildTools (workload: Desktop C++)",
			buildTools,
		],
		["LLVM with libclang", "winget install LLVM.LLVM", output("clang", ["--version"])],
		["CMake", "winget install Kitware.CMake", output(...CMAKE)],
		["NASM", "winget install NASM.NASM", output(...ASSEMBLER)],
		["OpenCV 4", "vcpkg install opencv4[core]:x64-windows, and set VCPKG_ROOT", opencv],
	];
	report(missing);
}

/** A Linux without apt: only programs can be looked for, since packages have other names everywhere. */
export function otherLinuxInstructions(wanted) {
	const names = wanted.filter(({ optional }) => !optional).map(({ names }) => names[0]);
	const checks = [
		["a C compiler", output("cc", ["--version"])],
		["clang", output("clang", ["--version"])],
		["CMake", output(...CMAKE)],
		["NASM", output(...ASSEMBLER)],
		["WebKitGTK 4.1", output("pkg-config", ["--exists", "webkit2gtk-4.1"])],
		["OpenCV 4", output("pkg-config", ["--exists", "opencv4"])],
	];
	const missing = checks.filter(([, found]) => found === null).map(([what]) => what);
	if (missing.length === 0) return;
	throw new Stop(
		`missing on this system: ${missing.join(", ")}; set-up can only install packages with apt`,
		`install what your system calls these (names of Debian):\n${names.join(" ")}`,
	);
}

function report(checks) {
	const missing = checks.filter(([, , found]) => found === null);
	if (missing.length === 0) return;
	throw new Stop(
		`missing on this system: ${missing.map(([what]) => what).join(", ")}`,
		`install it, then run this again:\n${missing.map(([, how]) => how).join("\n")}`,
	);
}

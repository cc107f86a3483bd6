// How long a person waits for the window, seen from outside it (screen_clock.py): from the start of the program to a
// photo of 12 megapixels, to the next one, and to a folder of 10,000 small photos that answers a key. Beside the
// figures of other programs, measured the same way on one machine (medians, milliseconds); with `--against labelImg`,
// the fastest of them is started in turn with ours, so that both have the same machine.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { homeEnvironment } from "./app.mjs";

const PEERS = { labelImg: [1030, 149, 1080], labelme: [1650, 277, 2970], "X-AnyLabeling": [4400, 197, 4480] };
const RUNS = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 5);
const SMALL = 10_000;
const [RED, GREEN] = ["dc2828", "28a03c"];
/** The programs: how they are started, the key for the next photo, and a place inside the photo on the screen. */
const BAUTA = { name: "Bauta", command: process.env.BAUTA_APP, next: "Right", at: "960,540" };
const LABELIMG = {
	name: "labelImg, now",
	command: path.join(path.dirname(process.env.BAUTA_BENCH_PYTHON ?? ""), "labelImg"),
	next: "d",
	at: "214,268",
};
const PROGRAMS = process.env.BAUTA_BENCH_PYTHON ? [BAUTA, LABELIMG] : [BAUTA];

/** Photos with a flat middle, red and green in turn, in a noisy field: a hard JPEG, and a colour to wait for. */
const PAINT = `
import os, sys
import numpy as np
from PIL import Image
folder, count, width, height = sys.argv[1], *map(int, sys.argv[2:])
os.makedirs(folder)
random = np.random.RandomState(7)
field = Image.fromarray(random.randint(30, 226, (5, 7, 3)).astype(np.uint8)).resize((width, height), Image.BICUBIC)
field = np.clip(np.asarray(field).astype(np.int16) + random.normal(0, 6, (height, width, 1)), 0, 255).astype(np.uint8)
made = []
for colour in ((220, 40, 40), (40, 160, 60)):
    picture = field.copy()
    picture[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4] = colour
    file = os.path.join(folder, f"made{len(made)}")
    Image.fromarray(picture).save(file, "JPEG", quality=90)
    made.append(open(file, "rb").read())
    os.remove(file)
for number in range(count):
    with open(os.path.join(folder, f"img{number + 1}.jpg"), "wb") as out:
        out.write(made[number % 2])
`;

const folder = mkdtempSync(path.join(tmpdir(), "bauta-bench-"));
try {
	const [photos, small] = [path.join(folder, "photos"), path.join(folder, "small")];
	paint(photos, 8, 4000, 3000);
	paint(small, SMALL, 320, 240);
	const photo = path.join(photos, "img1.jpg");
	const runs = PROGRAMS.map((program) => ({ program, starts: [], fresh: [] }));
	for (const { program } of runs) measure(program, program === BAUTA ? photo : photos, [RED]);
	for (let run = 0; run < RUNS; run++) {
		for (const { program, starts, fresh } of runs) {
			const { next } = program;
			// labelImg goes on to other photos only in a folder.
			starts.push(measure(program, program === BAUTA ? photo : photos, [RED, next, GREEN, next, RED, next, GREEN]));
			for (const file of readdirSync(small).filter((name) => name.includes(".bauta"))) rmSync(path.join(small, file));
			fresh.push(measure(program, small, [RED, next, GREEN]));
		}
	}
	const measured = runs.map(({ program, starts, fresh }) => [
		program.name,
		median(starts.map(({ start }) => start)),
		median(starts.flatMap(({ keys }) => keys)),
		median(fresh.map(({ total }) => total)),
	]);
	table([...measured, ...Object.entries(PEERS).map(([name, figures]) => [name, ...figures])]);
	const [{ starts }] = runs;
	console.log(`\nfirst key after the start alone: ${median(starts.map(({ keys }) => keys[0]))} ms`);
	console.log(`memory with 12-megapixel photos: ${median(starts.map(({ memory }) => memory))} MB (program alone)`);
} finally {
	rmSync(folder, { recursive: true, force: true });
}

function paint(target, count, width, height) {
	const args = ["-c", PAINT, target, count, width, height].map(String);
	execFileSync(process.env.BAUTA_PYTHON ?? "python3", args, { stdio: "inherit" });
}

function measure({ command, at }, target, sequence) {
	const environment = homeEnvironment(path.join(folder, "home"));
	const clock = path.join(import.meta.dirname, "screen_clock.py");
	const args = [clock, sequence.join(","), at, "--", command, target];
	const answer = execFileSync("/usr/bin/python3", args, {
		encoding: "utf8",
		env: { ...process.env, ...environment },
		stdio: ["ignore", "pipe", "inherit"],
	});
	return JSON.parse(answer);
}

function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
}

function table(rows) {
	console.log(
		`${"".padEnd(16)}${"start → photo".padStart(16)}${"next photo".padStart(14)}${"10,000 photos".padStart(16)}`,
	);
	for (const [name, ...figures] of rows) {
		const cells = figures.map((figure, index) => `${Math.round(figure)} ms`.padStart([16, 14, 16][index]));
		console.log(name.padEnd(16) + cells.join(""));
	}
}

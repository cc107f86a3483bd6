// A project of 100,000 images and 300,000 boxes in the window: until it can be used, the longest frames while its list
// is scrolled, filtered and searched and its table scrolled, and the memory of the program.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startApp } from "./app.mjs";
import { drawPictures } from "./drawn-pictures.mjs";
import { until } from "./until.mjs";

const [IMAGES, BOXES] = [100_000, 300_000];

/** Fills a project of one image, as the program has made it, with many more rows: links to that image. */
const FILL = `
import os, random, sqlite3, sys, uuid
file, images, boxes, picture, photos = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
random.seed(3)
db = sqlite3.connect(file)
colours = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7"]
categories = [uuid.uuid4().bytes for _ in colours]
db.executemany("INSERT INTO categories (id, name, folded, color, position) VALUES (?, ?, ?, ?, ?)",
    [(id, f"category {n}", f"category {n}", colours[n], n) for n, id in enumerate(categories)])
db.executemany("INSERT INTO images (key, id, path, position, width, height) VALUES (?, ?, ?, ?, 1600, 1200)",
    ((n + 10, uuid.uuid4().bytes, f"{photos}/{n % 40}/IMG_{n}.bmp", n + 10) for n in range(images - 1)))
for folder in range(40):
    os.makedirs(f"{photos}/{folder}")
for n in range(images - 1):
    os.symlink(picture, f"{photos}/{n % 40}/IMG_{n}.bmp")
each = boxes // images
db.executemany("""INSERT INTO annotations (id, image, ordinal, x1, y1, x2, y2, category, accepted, source)
    VALUES (?, ?, ?, ?, 10, ?, 200, ?, 1, 'drawn')""",
    ((uuid.uuid4().bytes, n + 10, box, 10 + 200 * box, 150 + 200 * box, None if n % 9 == 0 else random.choice(categories))
     for n in range(images - 1) for box in range(each)))
db.execute("UPDATE categories SET boxes = (SELECT count(*) FROM annotations a WHERE a.category = categories.id)")
db.execute("""UPDATE images SET (accepted, unlabelled) = (SELECT count(*), count(*) FILTER (WHERE a.category IS NULL)
    FROM annotations a WHERE a.image = images.key), categories = (SELECT group_concat(h, '') FROM (SELECT DISTINCT
    hex(a.category) AS h FROM annotations a WHERE a.image = images.key AND a.category IS NOT NULL ORDER BY h))""")
db.commit()
db.close()
`;

const folder = mkdtempSync(path.join(tmpdir(), "bauta-scale-"));
mkdirSync(path.join(folder, "home"));
try {
	drawPictures(path.join(folder, "one"), 1);
	drawPictures(path.join(folder, "other"), 1);
	for (const name of ["one", "other"]) await (await open(path.join(folder, name))).stop();
	const project = path.join(folder, "one", "one.bauta");
	const photo = path.join(folder, "one", "img_1.bmp");
	execFileSync(
		"/usr/bin/python3",
		["-c", FILL, project, IMAGES, BOXES, photo, path.join(folder, "photos")].map(String),
	);
	const began = performance.now();
	const app = await open(project);
	console.log(`${IMAGES} images, ${BOXES} boxes`);
	console.log(`usable after ${Math.round(performance.now() - began)} ms, WebDriver's own start included`);
	// Once more in a window that is there: another project first, then back.
	await app.dispatch(`recent:${path.join(folder, "other", "other.bauta")}`);
	const shows = (end) => async () =>
		(await app.look("project"))?.path.endsWith(end) && (await app.look("picture")).kind === "ready";
	await until("the other project", shows("other.bauta"), 60_000);
	const again = await app.browser.executeAsync((target, done) => {
		const began = performance.now();
		// Until the list of recent projects is there, it cannot be chosen.
		const choose = async () => {
			if (!(await window.__bauta.dispatch(`recent:${target}`))) requestAnimationFrame(choose);
		};
		void choose();
		const look = () => {
			const { project, picture, rows } = window.__bauta.store;
			const there = project?.path === target && picture.kind === "ready" && rows.length > 1000;
			if (there) done(performance.now() - began);
			else requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	}, project);
	console.log(`usable ${Math.round(again)} ms after it was chosen in a window that is open`);
	const said = (what, { longest, usual }) =>
		console.log(`${what.padEnd(36)} longest frame ${longest} ms, usual ${usual} ms`);
	said("scrolling the list", await frames(app, "scroll", ".strip .viewport"));
	for (const filter of ["labelled", "unlabelled", "proposals", "all"])
		said(`filter: ${filter}`, await frames(app, "choose", ".strip select.filter", filter));
	for (const text of ["i", "img_77", "/photos/3/", ""])
		said(`search: "${text}"`, await frames(app, "type", ".strip input", text));
	for (const order of ["name", "doubt", "folder"])
		said(`order: ${order}`, await frames(app, "choose", ".order select", order));
	await app.dispatch("view.annotations");
	await until(
		"table",
		async () => (await app.look("table")).total === (IMAGES - 1) * Math.floor(BOXES / IMAGES),
		180_000,
	);
	said("scrolling the table", await frames(app, "scroll", ".grid"));
	console.log(`memory of the program: ${resident(app.pid)} MB`);
	await app.stop();
} finally {
	rmSync(folder, { recursive: true, force: true });
}

async function open(target) {
	const app = await startApp({ args: [target], home: path.join(folder, "home") });
	await until(
		"project",
		async () => (await app.look("project")) !== null && (await app.look("picture")).kind !== "loading",
		180_000,
	);
	return app;
}

/** What frames take, in milliseconds, for two seconds of scrolling, or after one choice or typed text. */
function frames(app, kind, selector, value = "") {
	return app.browser.executeAsync(
		(what, where, wanted, done) => {
			const element = document.querySelector(where);
			const times = [];
			let last = performance.now();
			const end = last + (what === "scroll" ? 2000 : 700);
			const tick = (now) => {
				times.push(now - last);
				last = now;
				if (what === "scroll") element.scrollTop += 700;
				if (now < end) return requestAnimationFrame(tick);
				times.sort((a, b) => a - b);
				const rounded = (share) => Math.round(times[Math.floor((times.length - 1) * share)]);
				done({ longest: rounded(1), usual: rounded(0.5) });
			};
			requestAnimationFrame((now) => {
				last = now;
				if (what !== "scroll") {
					element.value = wanted;
					element.dispatchEvent(new Event(what === "type" ? "input" : "change", { bubbles: true }));
				}
				requestAnimationFrame(tick);
			});
		},
		kind,
		selector,
		value,
	);
}

function resident(pid) {
	const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
	return Math.round(Number(line[1]) / 1024);
}

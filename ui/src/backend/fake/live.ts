import type { CategoryId, LiveChoice, LiveResult } from "../../bindings";
import type { LiveFrame } from "../backend";
import { type FakeContext, fail, ok } from ".";

const SIZE = { width: 640, height: 480 };

/** A camera that shows a face going round. */
export function fakeLive({ bus, wait, project }: FakeContext) {
	let running = false;
	let frame = 0;
	return {
		openLive: () => {
			globalThis.open?.("live.html", "live", "width=900,height=720");
			return ok(null);
		},
		cameras: () => Promise.resolve([{ index: 0, name: "Built-in camera" }]),
		chooseVideo: () => ok("walk.mp4"),
		lastVideo: () => Promise.resolve(null),
		setLiveConfidence: () => Promise.resolve(),
		retryLive: () => Promise.resolve(),
		setLiveFullScreen: () => ok(null),
		collectDoubts: () => ok(null),
		saveSnapshot: (_png: string) => ok("/pictures/Bauta/snapshot.png"),
		liveCategories: () => ok(project.images.length > 0 ? project.categories : null),
		saveLiveFace: (_frame: number, _track: number, category: CategoryId, _burst: number) => {
			if (!project.categories.some(({ id }) => id === category)) return fail<never>("invalidInput", "no such category");
			project.categories = project.categories.map((c) => (c.id === category ? { ...c, boxes: c.boxes + 1 } : c));
			return ok(null);
		},
		startLive: (source: LiveChoice, _detector: string, _minConfidence: number) => {
			if (source.kind === "url" && !source.url.includes("://")) {
				const message = `cannot open ${source.url}; an address starts with http:// or rtsp://`;
				return fail<never>("cameraUnavailable", message);
			}
			running = true;
			bus.emit("liveStatus", { state: "running", message: null, retrySeconds: null });
			return ok(null);
		},
		stopLive: () => {
			running = false;
			bus.emit("liveStatus", { state: "stopped", message: null, retrySeconds: null });
			return ok(null);
		},
		liveFrame: async (after: number): Promise<LiveFrame | null> => {
			await wait(33);
			if (!running) return null;
			frame = Math.max(frame, after) + 1;
			const result = resultOf(frame);
			return { jpeg: await drawing(result), result };
		},
	};
}

function resultOf(frame: number): LiveResult {
	const angle = frame / 40;
	const [x, y] = [240 + 150 * Math.cos(angle), 160 + 80 * Math.sin(angle)];
	const face = (track: number, dx: number, label: string | null, confidence: number) => ({
		track,
		bbox: { x1: x + dx, y1: y, x2: x + dx + 130, y2: y + 150 },
		score: 0.9,
		label,
		confidence,
		sure: confidence >= 0.6,
	});
	return {
		frame,
		time: frame / 30,
		size: SIZE,
		faces: [face(1, 0, "ffp2", 0.91), face(2, -170, "no_mask", 0.68)],
		followMillis: 2,
		detectMillis: 38,
		classifyMillis: 12,
		latencyMillis: 15,
	};
}

async function drawing(result: LiveResult): Promise<Blob> {
	const canvas = Object.assign(document.createElement("canvas"), SIZE);
	const context = canvas.getContext("2d");
	if (!context) return new Blob();
	context.fillStyle = "#5a6a72";
	context.fillRect(0, 0, SIZE.width, SIZE.height);
	for (const { bbox } of result.faces) {
		context.fillStyle = "#d8a27c";
		context.beginPath();
		context.ellipse((bbox.x1 + bbox.x2) / 2, (bbox.y1 + bbox.y2) / 2, 55, 70, 0, 0, 7);
		context.fill();
	}
	return new Promise((done) => canvas.toBlob((blob) => done(blob ?? new Blob()), "image/jpeg"));
}

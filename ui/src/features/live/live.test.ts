// @vitest-environment node
import { expect, test } from "vitest";
import type { LiveFrame } from "../../backend";
import { FrameLoop } from "./frame-loop";
import { FrameRate } from "./frame-rate";
import { choiceOf, sourceReady } from "./source";

const frame = (number: number): LiveFrame => {
	const result = {
		frame: number,
		time: 0,
		size: { width: 1, height: 1 },
		faces: [],
		followMillis: 0,
		detectMillis: 0,
		classifyMillis: 0,
		latencyMillis: 0,
	};
	return { jpeg: new Blob(), result };
};

function loopOver(answers: (LiveFrame | null | Error)[]) {
	const asked: number[] = [];
	const shown: number[] = [];
	const failures: string[] = [];
	let scheduled: (() => void) | null = null;
	const loop = new FrameLoop({
		next: (after) => {
			asked.push(after);
			const answer = answers.shift() ?? null;
			return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
		},
		show: async ({ result }) => void shown.push(result.frame),
		failed: (message) => void failures.push(message),
		schedule: (callback) => {
			scheduled = callback;
		},
	});
	const paint = async () => {
		const callback = scheduled;
		scheduled = null;
		callback?.();
		await new Promise((done) => setTimeout(done));
	};
	return { loop, paint, asked, shown, failures, waits: () => scheduled !== null };
}

test("a frame that is ready when the loop was stopped already is not wanted any more", async () => {
	const wanted: boolean[] = [];
	let scheduled = () => {};
	const loop: FrameLoop = new FrameLoop({
		next: () => Promise.resolve(frame(1)),
		show: async (_, isWanted) => {
			wanted.push(isWanted());
			loop.stop();
			wanted.push(isWanted());
		},
		failed: () => {},
		schedule: (callback) => {
			scheduled = callback;
		},
	});
	loop.start();
	scheduled();
	await new Promise((done) => setTimeout(done));
	expect(wanted).toEqual([true, false]);
});

test("each frame is asked for after the one that was shown last", async () => {
	const { loop, paint, asked, shown } = loopOver([frame(3), null, frame(9)]);
	loop.start();
	for (let turn = 0; turn < 4; turn++) await paint();
	expect(asked).toEqual([0, 3, 3, 9]);
	expect(shown).toEqual([3, 9]);
});

test("a stopped loop neither shows what arrives late nor asks again", async () => {
	const { loop, paint, shown, waits } = loopOver([frame(1)]);
	loop.start();
	const turn = paint();
	loop.stop();
	await turn;
	expect(shown).toEqual([]);
	expect(waits()).toBe(false);
});

test("a failure is told once and ends the loop", async () => {
	const { loop, paint, failures, waits } = loopOver([new Error("the stream ended")]);
	loop.start();
	await paint();
	expect(failures).toEqual(["the stream ended"]);
	expect(waits()).toBe(false);
});

test("the rate is that of the last second", () => {
	const rate = new FrameRate();
	let shown = 0;
	for (let now = 0; now <= 3000; now += 40) shown = rate.add(now);
	expect(shown).toBeCloseTo(25, 1);
});

test("a source can be started when it is complete", () => {
	expect(sourceReady("file", null, "")).toBe(false);
	expect(sourceReady("file", "walk.mp4", "")).toBe(true);
	expect(sourceReady("url", null, "  ")).toBe(false);
	expect(choiceOf("url", " rtsp://door ")).toEqual({ kind: "url", url: "rtsp://door" });
	expect(choiceOf("camera:2", "")).toEqual({ kind: "camera", index: 2 });
});

// @vitest-environment node
import { expect, test, vi } from "vitest";
import { ok } from "../backend/fake";
import type { ImageView } from "../bindings";
import { imageView } from "../features/canvas/fixtures";
import { PictureLoader } from "../features/canvas/picture";
import { ReadAhead } from "./read-ahead";

function ahead() {
	const revisions = new Map<string, number>();
	const waiting: (() => void)[] = [];
	const lookAtImage = vi.fn(async (id: string) => {
		const view: ImageView = { ...imageView([], revisions.get(id) ?? 1), id };
		await new Promise<void>((done) => waiting.push(done));
		return ok(view);
	});
	const pictures = new PictureLoader({ imageUrl: () => "" });
	vi.spyOn(pictures, "preview").mockRejectedValue(new Error("no pictures here"));
	const answer = async () => {
		for (const done of waiting.splice(0)) done();
		await new Promise<void>((done) => setTimeout(done));
	};
	return { reading: new ReadAhead({ lookAtImage }, pictures), lookAtImage, revisions, answer };
}

test("an image that was read ahead is there at once, once", async () => {
	const { reading, answer } = ahead();
	reading.look(["a", "b"]);
	expect(reading.take("a")).toBeNull();
	await answer();
	expect(reading.take("b")?.id).toBe("b");
	expect(reading.take("b")).toBeNull();
});

test("neighbours that stay neighbours are not read again, others are forgotten", async () => {
	const { reading, answer, lookAtImage } = ahead();
	reading.look(["a", "b"]);
	await answer();
	reading.look(["b", "c"]);
	expect(lookAtImage.mock.calls.map(([id]) => id)).toEqual(["a", "b", "c"]);
	expect(reading.take("a")).toBeNull();
});

test("a change of an image makes what was read of it void, even when it answers late", async () => {
	const { reading, answer, revisions } = ahead();
	reading.look(["a"]);
	revisions.set("a", 2);
	reading.changed(["a"]);
	await answer();
	expect(reading.take("a")?.revision).toBe(2);
});

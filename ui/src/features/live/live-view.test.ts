import { expect, test } from "vitest";
import { createFakeBackend } from "../../backend/fake";
import { LiveView } from "./live-view.svelte";

test("what was told before the user stopped and arrives after it does not begin again", async () => {
	const backend = createFakeBackend({ images: 1, wait: () => new Promise(() => {}) });
	const view = new LiveView(backend, () => Promise.resolve(true));
	const close = view.open();
	await view.source.find();
	await view.start();
	expect(view.status.state).toBe("running");
	await view.stop();
	backend.emit("liveStatus", { state: "waiting", message: "it was unplugged", retrySeconds: 2 });
	expect(view.status.state).toBe("stopped");
	await view.start();
	backend.emit("liveStatus", { state: "stopped", message: null, retrySeconds: null });
	expect(view.status.state).toBe("running");
	close();
});

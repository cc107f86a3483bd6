// A network camera for tests: the JPEGs of a Motion JPEG video, served over and over as a stream on the loopback device.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const EVERY_MILLIS = 50;

/** The JPEGs of a Motion JPEG AVI, in order. */
export function jpegsOf(file) {
	const bytes = readFileSync(file);
	const found = [];
	for (let at = bytes.indexOf("00dc"); at >= 0; ) {
		const length = bytes.readUInt32LE(at + 4);
		const chunk = bytes.subarray(at + 8, at + 8 + length);
		// The index at the end of the file names the chunks again, without pictures.
		if (chunk.length > 1 && chunk.readUInt16BE(0) === 0xffd8) found.push(chunk);
		at = bytes.indexOf("00dc", at + 8 + (found.at(-1) === chunk ? length : 0));
	}
	return found;
}

/**
 * Serves them. `port` 0 takes a free one; a server that takes the port of an earlier one is the camera that was plugged
 * in again. `stop` breaks all connections, `hang` keeps them but sends nothing more.
 */
export async function serveCamera(jpegs, port = 0) {
	const streams = new Set();
	let hangs = false;
	const server = createServer((_request, response) => {
		response.writeHead(200, { "Content-Type": "multipart/x-mixed-replace; boundary=frame" });
		let next = 0;
		const timer = setInterval(() => {
			if (hangs) return;
			const jpeg = jpegs[next++ % jpegs.length];
			response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
			response.write(jpeg);
			response.write("\r\n");
		}, EVERY_MILLIS);
		streams.add(response);
		response.on("close", () => {
			clearInterval(timer);
			streams.delete(response);
		});
	});
	await new Promise((listening, failed) => server.on("error", failed).listen(port, "127.0.0.1", listening));
	return {
		port: server.address().port,
		url: `http://127.0.0.1:${server.address().port}/camera.mjpg`,
		/** How many watch it. */
		watched: () => streams.size,
		hang: () => {
			hangs = true;
		},
		stop: async () => {
			for (const stream of streams) stream.destroy();
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
}

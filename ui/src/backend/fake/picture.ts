import type { BoundingBox } from "../../bindings";
import { type FakeFace, type FakeImage, randomNumbers } from "./project";

const MASKS = ["none", "#7fb2e5", "#eef1f4", "#454a52"];

/** A drawing of the image as an SVG in a data URL. */
export function pictureUrl(image: FakeImage, maxSide?: number, part?: BoundingBox): string {
	const { width, height } = image.size;
	const scale = Math.min(1, (maxSide ?? Number.POSITIVE_INFINITY) / Math.max(width, height));
	const random = randomNumbers(image.faces.length * 97 + width + Math.round(image.faces[0]?.x ?? 0));
	const { x1, y1, x2, y2 } = part ?? { x1: 0, y1: 0, x2: width, y2: height };
	const viewBox = `${x1} ${y1} ${x2 - x1} ${y2 - y1}`;
	const hue = Math.round(random() * 360);
	const faces = image.faces.map((face) => faceDrawing(face, random)).join("");
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width * scale)}" height="${Math.round(height * scale)}" viewBox="${viewBox}"><defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="hsl(${hue} 22% 62%)"/><stop offset="1" stop-color="hsl(${hue + 40} 24% 34%)"/></linearGradient></defs><rect width="${width}" height="${height}" fill="url(#g)"/>${faces}</svg>`;
	return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function faceDrawing({ x, y, side, mask }: FakeFace, random: () => number): string {
	const skin = `hsl(${18 + random() * 16} ${35 + random() * 20}% ${45 + random() * 30}%)`;
	const hair = `hsl(${20 + random() * 20} 35% ${10 + random() * 35}%)`;
	const [cx, cy] = [x + side / 2, y + side / 2];
	const cover = MASKS[mask] ?? "none";
	return `<g><ellipse cx="${cx}" cy="${cy + side * 1.35}" rx="${side * 0.85}" ry="${side * 0.7}" fill="hsl(${random() * 360} 25% 30%)"/><ellipse cx="${cx}" cy="${cy - side * 0.1}" rx="${side * 0.46}" ry="${side * 0.54}" fill="${hair}"/><ellipse cx="${cx}" cy="${cy + side * 0.04}" rx="${side * 0.38}" ry="${side * 0.47}" fill="${skin}"/><circle cx="${cx - side * 0.14}" cy="${cy - side * 0.05}" r="${side * 0.045}" fill="#222"/><circle cx="${cx + side * 0.14}" cy="${cy - side * 0.05}" r="${side * 0.045}" fill="#222"/><path d="M${cx - side * 0.36} ${cy + side * 0.12} Q${cx} ${cy - side * 0.02} ${cx + side * 0.36} ${cy + side * 0.12} Q${cx + side * 0.3} ${cy + side * 0.5} ${cx} ${cy + side * 0.52} Q${cx - side * 0.3} ${cy + side * 0.5} ${cx - side * 0.36} ${cy + side * 0.12}" fill="${cover}"/></g>`;
}

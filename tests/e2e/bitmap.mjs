/**
 * A picture as BMP, which needs no encoder: 24 bits a pixel, rows from the bottom, padded to 4
 * (https://learn.microsoft.com/windows/win32/gdi/bitmap-storage). `pixel` gives blue, green and red, 0 to 255.
 */
export function bitmap(width, height, pixel) {
	const [header, row] = [54, Math.ceil((width * 3) / 4) * 4];
	const bytes = Buffer.alloc(header + row * height);
	bytes.write("BM");
	bytes.writeUInt32LE(bytes.length, 2);
	bytes.writeUInt32LE(header, 10);
	bytes.writeUInt32LE(40, 14);
	bytes.writeInt32LE(width, 18);
	bytes.writeInt32LE(height, 22);
	bytes.writeUInt16LE(1, 26);
	bytes.writeUInt16LE(24, 28);
	for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bytes.set(pixel(x, y), header + y * row + x * 3);
	return bytes;
}

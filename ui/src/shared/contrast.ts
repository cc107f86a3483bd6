// Black or white on a colour, by WCAG 2 contrast (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).

function linear(channel: number): number {
	const share = channel / 255;
	return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** Relative luminance of `#rrggbb`, 0 to 1. */
export function luminance(color: string): number {
	const value = Number.parseInt(color.slice(1), 16);
	const [r, g, b] = [(value >> 16) & 255, (value >> 8) & 255, value & 255] as const;
	return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

export function contrastRatio(a: string, b: string): number {
	const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
	return (light + 0.05) / (dark + 0.05);
}

/** The one of black and white that reads better on `color`; at least 4.58 to 1. */
export function textOn(color: string): "#000000" | "#ffffff" {
	return contrastRatio(color, "#000000") >= contrastRatio(color, "#ffffff") ? "#000000" : "#ffffff";
}

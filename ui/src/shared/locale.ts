// WebKitGTK reports "C" as the language when LANG is C or C.UTF-8; Intl, and uPlot with it, then throw and leave
// a blank page. Imported first by every entry point.

try {
	new Intl.NumberFormat(navigator.language);
} catch {
	Object.defineProperty(navigator, "language", { value: "en-US" });
	Object.defineProperty(navigator, "languages", { value: ["en-US"] });
}

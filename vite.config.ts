import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
	root: "ui",
	cacheDir: "../node_modules/.vite",
	plugins: [svelte()],
	clearScreen: false,
	server: { port: 5173, strictPort: true },
	build: {
		// WebKitGTK 2.38 and WKWebView of macOS 13, the oldest web views that Tauri 2 is packaged with.
		target: "safari16",
		outDir: "dist",
		emptyOutDir: true,
		rolldownOptions: { input: ["ui/index.html", "ui/live.html"] },
	},
	// Without it Vitest resolves Svelte's server build, which cannot mount a component.
	resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
	test: { environment: "jsdom", include: ["src/**/*.test.ts"], restoreMocks: true },
});

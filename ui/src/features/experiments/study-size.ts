// How many trainings a study is, before it starts.

import type { Grid } from "../../bindings";

/** Of one seed; as `study/grid.rs` lists them. What several grids ask for is trained once: the paper's own settings. */
export function trainingsOf(grid: Grid | "all", imageSize: number, epochs: number): number {
	const third = Math.ceil(epochs / 3);
	const each: Record<Grid, number> = {
		models: 4,
		losses: 3,
		sizes: new Set([64, 96, 128, 180, 224, imageSize]).size,
		epochs: new Set([third, 2 * third, epochs, 2 * epochs]).size,
	};
	if (grid !== "all") return each[grid];
	const counts = Object.values(each);
	return 1 + counts.reduce((sum, count) => sum + count - 1, 0);
}

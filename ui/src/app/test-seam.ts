// What end-to-end tests may look at and send: nothing that a user could not see or do. Read-only but for `dispatch`,
// which is the road of the menu.

import type { BoundingBox, ImageId } from "../bindings";
import type { Readout } from "../features/canvas/readout";
import type { StoreSnapshot } from "../features/canvas/store";
import type { TrainingState } from "../features/training/progress";
import { dispatch } from "./commands";
import type { Review } from "./review.svelte";
import type { Session } from "./session.svelte";

export type TestSeam = {
	readonly store: {
		/** Boxes, selection and state of saving of the open image. */
		readonly snapshot: StoreSnapshot;
		readonly project: { readonly name: string; readonly path: string } | null;
		readonly rows: Session["rows"];
		readonly categories: Session["categories"];
		readonly history: Session["history"];
		readonly picture: Session["picture"];
		readonly jobs: Session["jobs"]["running"];
		readonly model: Session["model"];
		readonly training: TrainingState;
		readonly view: Session["view"];
		/** Where the review is, and how many answers it got. */
		readonly review: Review["state"] & { readonly answers: number };
		/** Where auto-crop and finding unprocessed photos are. */
		readonly folderJobs: Pick<Session["folderJobs"], "autocrop" | "unprocessed">;
		/** Names of the images that the strip shows. */
		readonly shown: readonly string[];
		/** Rows of the table of all boxes, and how many of them are chosen. */
		readonly table: { readonly total: number | null; readonly chosen: number };
	};
	readonly viewport: {
		/** Where an image pixel is in the window, in CSS pixels: what WebDriver calls the viewport. */
		screenFromImage(x: number, y: number): { x: number; y: number } | null;
		readonly zoomPercent: number | null;
		/** What stands beside the box that is being drawn or moved. */
		readonly readout: Readout | null;
		/** Where a held arrow key has moved the first selected box to. */
		readonly nudged: BoundingBox | null;
		/** The image whose picture is on the canvas. */
		readonly painted: ImageId | null;
		/** Its pixels across: fewer than the image's as long as only the preview is there. */
		readonly pixelsAcross: number | null;
	};
	/** Runs a command by its id; resolves to false when it is unknown or makes no sense now. */
	dispatch(id: string): Promise<boolean>;
};

declare global {
	interface Window {
		readonly __bauta: TestSeam;
	}
}

export function offerTestSeam(session: Session): void {
	const seam: TestSeam = {
		store: {
			get snapshot() {
				return session.store.snapshot;
			},
			get project() {
				return session.project;
			},
			get rows() {
				return session.rows;
			},
			get categories() {
				return session.categories;
			},
			get history() {
				return session.history;
			},
			get picture() {
				return session.picture;
			},
			get jobs() {
				return session.jobs.running;
			},
			get model() {
				return session.model;
			},
			get training() {
				return session.training.state;
			},
			get view() {
				return session.view;
			},
			get review() {
				return { ...session.review.state, answers: session.review.answers };
			},
			get folderJobs() {
				const { autocrop, unprocessed } = session.folderJobs;
				return { autocrop, unprocessed };
			},
			get shown() {
				return session.shown.rows.map((row) => row.name);
			},
			get table() {
				return { total: session.table.total, chosen: session.table.chosen };
			},
		},
		viewport: {
			screenFromImage: (x, y) => session.editor?.clientFromImage(x, y) ?? null,
			get zoomPercent() {
				return session.editor?.view.zoomPercent ?? null;
			},
			get readout() {
				return session.editor?.readout ?? null;
			},
			get nudged() {
				return session.editor?.keys.drafts[0]?.bbox ?? null;
			},
			get painted() {
				return session.editor?.painted ?? null;
			},
			get pixelsAcross() {
				return session.editor?.pixelsAcross ?? null;
			},
		},
		dispatch: (id) => dispatch(session, id),
	};
	Object.defineProperty(window, "__bauta", { value: seam, configurable: true });
}

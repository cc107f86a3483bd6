// Everything the main window knows: the project, the image that is open, the model, jobs and messages. Screens read
// it; `commands.ts` decides what the user's actions do to it.

import { answered, type Backend, type Result } from "../backend";
import { rowsOf } from "../backend/image-list";
import type {
	AcceptSummary,
	AnnotationId,
	BoxRules,
	CategoryId,
	CategoryView,
	Changed,
	DestinationView,
	DetectorView,
	History,
	ImageId,
	ImageRow,
	ModelView,
	ProjectPreferences,
	ProjectView,
	RecentProject,
	SavedFrame,
} from "../bindings";
import { BoxTable } from "../features/annotations/box-table.svelte";
import type { Editor } from "../features/canvas/editor";
import { PictureLoader } from "../features/canvas/picture";
import { AnnotationStore, type StoreSnapshot } from "../features/canvas/store";
import { Experiments } from "../features/experiments/experiments.svelte";
import { isMinFace } from "../features/faces/min-face";
import { ShownImages } from "../features/images/shown-images.svelte";
import { Runs } from "../features/runs/runs.svelte";
import { Training } from "../features/training/training.svelte";
import { t } from "../shared/messages";
import { Remembered } from "../shared/remembered.svelte";
import { isThumbnailSize, type ThumbnailSize } from "../shared/thumbnail-size";
import { Toasts } from "../shared/toasts.svelte";
import { KeptLook } from "./crop-look.svelte";
import type { DialogState } from "./dialogs";
import { FolderJobs } from "./folder-jobs.svelte";
import { ImageRows } from "./image-rows.svelte";
import { Jobs } from "./jobs.svelte";
import { ReadAhead } from "./read-ahead";
import { Review } from "./review.svelte";

export type ProjectFacts = {
	readonly name: string;
	readonly path: string;
	readonly preferences: ProjectPreferences;
	/** Whether it was opened for looking only. */
	readonly readOnly: boolean;
};
export type PictureState =
	| { readonly kind: "none" }
	| { readonly kind: "loading"; readonly id: ImageId }
	| { readonly kind: "ready"; readonly id: ImageId }
	| { readonly kind: "failed"; readonly id: ImageId; readonly message: string };

const PAPER_RULES: BoxRules = { minArea: 40, minSide: 5, maxOverlap: 0.2 };

export class Session {
	readonly backend: Backend;
	readonly store: AnnotationStore;
	readonly pictures: PictureLoader;
	readonly training: Training;
	/** The trainings that the project remembers. */
	readonly runs: Runs;
	/** Its studies and tunings. */
	readonly experiments: Experiments;
	readonly toasts = new Toasts();
	readonly jobs: Jobs;
	readonly #ahead: ReadAhead;
	/** The images of the project, as lines of the strip. */
	readonly imageRows: ImageRows;

	project = $state.raw<ProjectFacts | null>(null);
	/** Which images the strip shows, and in which order. */
	readonly shown: ShownImages;
	/** All boxes of the project. */
	readonly table: BoxTable;
	/** The fast lane through the proposals. */
	readonly review: Review;
	/** Auto-crop and finding unprocessed photos. */
	readonly folderJobs: FolderJobs;
	categories = $state.raw<readonly CategoryView[]>([]);
	destinations = $state.raw<readonly DestinationView[]>([]);
	/** Projects that were opened lately. */
	recent = $state.raw<readonly RecentProject[]>([]);
	history = $state.raw<History>({ undo: null, redo: null });
	picture = $state.raw<PictureState>({ kind: "none" });
	canvas = $state.raw<StoreSnapshot>() as StoreSnapshot;
	model = $state.raw<ModelView | null>(null);
	detectors = $state.raw<readonly DetectorView[]>([]);
	/** Whether it is not yet known what the program has open. */
	starting = $state.raw(true);
	view = $state.raw<"label" | "train" | "runs" | "annotations" | "guide">("label");
	dialog = $state.raw<DialogState | null>(null);
	popup = $state.raw<AnnotationId | null>(null);
	/** The category that was given last, for "same as last". */
	lastCategory = $state.raw<CategoryId | null>(null);
	/** Whether the keys go into a text field. */
	typing = $state.raw(false);
	/** What was just done with the keys, for those who cannot see it. */
	said = $state.raw("");
	/** The canvas while it is on the page. */
	editor = $state.raw<Editor | null>(null);
	readonly detector = new Remembered<string>("detector", "centerface");
	/** Faces whose longer side is shorter are left out, in pixels. */
	readonly minFace = new Remembered<number>("faces.minFace", 0, isMinFace);
	/** What crops look like. */
	readonly look = new KeptLook(() => this.project?.preferences ?? null);
	/** Whether deleting boxes is asked about first. */
	readonly confirmDeletes = new Remembered<boolean>("confirmDeletes", false);
	readonly thumbnails = new Remembered<ThumbnailSize>("thumbnails", "small", isThumbnailSize);
	readonly sidebars = new Remembered<boolean>("sidebars", true);
	/** Ends when the image that was open at the start is shown. */
	opened: Promise<void> = Promise.resolve();
	/** The dispatcher, set by whoever puts the window together, so that toasts can offer commands. */
	dispatch: (id: string) => Promise<boolean> = () => Promise.resolve(false);

	constructor(backend: Backend) {
		this.backend = backend;
		this.pictures = new PictureLoader(backend);
		this.#ahead = new ReadAhead(backend, this.pictures);
		this.imageRows = new ImageRows({
			changed: (ids) => this.#ahead.changed(ids),
			// One that cannot be read is told of again with every look at it.
			arrived: (ids) => void (this.picture.kind === "ready" && ids.has(this.picture.id) && this.reload()),
		});
		this.training = new Training(backend);
		this.runs = new Runs(backend);
		this.experiments = new Experiments(backend);
		// What nobody has looked at yet is read when somebody does.
		this.training.onchange = () => void (this.runs.list !== null && this.runs.refresh());
		this.jobs = new Jobs(backend);
		this.table = new BoxTable(backend);
		this.shown = new ShownImages(
			() => this.rows,
			() => this.current,
		);
		this.store = new AnnotationStore(backend, {
			categories: () => this.categories,
			rules: () => this.project?.preferences.rules ?? PAPER_RULES,
			saved: (saved) => {
				this.imageRows.replace([saved.row]);
				this.categories = saved.categories;
				this.history = saved.history;
			},
			refused: (message) => this.toasts.show("error", t("save.refused", { message })),
			superseded: () => this.toasts.show("note", t("save.superseded")),
		});
		this.canvas = this.store.snapshot;
		this.store.subscribe((snapshot) => {
			this.canvas = snapshot;
			if (this.popup !== null && !snapshot.annotations.some((a) => a.id === this.popup)) this.popup = null;
		});
		this.review = new Review(this);
		this.folderJobs = new FolderJobs(this);
	}

	/** Loads what the program has open already: the window may have been reloaded. The first image may still come. */
	async start(): Promise<void> {
		const { events } = this.backend;
		const [project, model, detectors] = await Promise.all([
			this.tell(this.backend.currentProject()),
			this.backend.currentModel(),
			this.backend.detectors(),
			this.training.connect(),
			this.experiments.connect(),
			this.jobs.connect(),
			events.rowsChanged.listen(({ payload }) => this.imageRows.arriveAll(payload.rows)),
			events.frameSaved.listen(({ payload }) => this.#frameSaved(payload.saved)),
			events.modelChanged.listen(({ payload }) => {
				this.model = payload.model;
			}),
		]);
		this.model = model;
		this.detectors = detectors;
		if (!detectors.some((d) => d.id === this.detector.value)) this.detector.value = detectors[0]?.id ?? "centerface";
		void this.#listRecent();
		if (project) this.opened = this.show(project);
		this.starting = false;
	}

	async #listRecent(): Promise<void> {
		const answer = await answered(this.backend.recentProjects());
		if (answer.status === "ok") this.recent = answer.data;
	}

	/** What the program was started for: told once the window can show it. */
	async beginWork(): Promise<void> {
		const startup = await this.backend.startup();
		if (startup?.kind === "sample") await this.dispatch("file.sample");
		else if (startup?.kind === "locked") this.dialog = { kind: "lookOnly", message: startup.message };
		else if (startup?.kind === "problem") this.toasts.show("error", startup.message);
	}

	/** Puts a project on screen, at the image `at`; without one at the image where it was left. */
	async show(project: ProjectView, at: ImageId | null = null): Promise<void> {
		await this.#show(project, at, project.path !== this.project?.path);
	}

	/** Goes on with a copy of the project: what waits to be saved is saved there. */
	async goOnWith(copy: ProjectView): Promise<void> {
		await this.#show(copy, null, false);
		void this.#listRecent();
		this.store.retrySaving();
	}

	async #show(project: ProjectView, at: ImageId | null, another: boolean): Promise<void> {
		if (another) {
			this.store.reset();
			this.pictures.forget();
			this.#ahead.forget();
			this.popup = null;
			this.picture = { kind: "none" };
			this.shown.clear();
			this.table.reset();
			this.runs.reset();
			this.experiments.reset();
			if (this.view === "runs") void Promise.all([this.runs.load(), this.experiments.load()]);
			this.review.stop();
			void this.#listRecent();
		}
		this.project = {
			name: project.name,
			path: project.path,
			preferences: project.preferences,
			readOnly: project.readOnly,
		};
		const rows = rowsOf(project.images);
		this.imageRows.set(rows);
		this.categories = project.categories;
		this.destinations = project.destinations;
		this.history = project.history;
		const wanted = at ?? (another ? null : this.current) ?? project.lastImage;
		const first = rows.find((row) => row.id === wanted) ?? rows[0];
		if (first) await this.open(first.id);
		else this.store.close();
	}

	get current(): ImageId | null {
		return this.picture.kind === "none" ? null : this.picture.id;
	}

	/** The images of the project in its order. */
	get rows(): readonly ImageRow[] {
		return this.imageRows.all;
	}

	readonly position = $derived.by(() => {
		const id = this.current;
		return id === null ? -1 : this.imageRows.place(id);
	});
	readonly currentRow = $derived<ImageRow | null>(this.rows[this.position] ?? null);

	/** Shows an image: at once as it was read ahead, if it was, and then as it is. */
	async open(id: ImageId): Promise<void> {
		if (id !== this.current) this.popup = null;
		this.editor?.keys.commitNudge();
		// The picture is on its way while the program is asked for the boxes.
		const picture = this.pictures.preview(id).catch(() => {});
		const ahead = this.#ahead.take(id);
		this.picture = { kind: ahead ? "ready" : "loading", id };
		if (ahead) this.store.open(ahead);
		const answer = await answered(this.backend.openImage(id));
		// Another image was chosen meanwhile.
		if (this.current !== id) return;
		if (answer.status === "error") {
			this.store.close();
			this.picture = { kind: "failed", id, message: answer.error.message };
			return;
		}
		this.picture = { kind: "ready", id };
		const shown = this.store.snapshot.image;
		// What the user has done meanwhile may be saved already, and newer than the answer.
		if (shown?.id !== id || shown.revision < answer.data.revision) this.store.open(answer.data);
		// The neighbours wait for the picture that the user waits for.
		void picture.then(() => {
			if (this.current === id) this.#readNeighbours();
		});
	}

	/** Takes the open image as a job or an undo left it. */
	async reload(): Promise<void> {
		this.imageRows.showArrived();
		const { picture } = this;
		if (picture.kind === "none") return;
		const answer = await answered(this.backend.openImage(picture.id));
		if (this.current !== picture.id) return;
		if (answer.status === "ok") this.store.open(answer.data);
		else this.picture = { kind: "failed", id: picture.id, message: answer.error.message };
	}

	/** Whether a training, a study or a tuning runs. */
	get trains(): boolean {
		return this.training.running || this.experiments.running !== null;
	}

	/** What is counted over all images. */
	get totals() {
		return this.shown.totals;
	}

	/** Takes over what a change of the project answers with, all but the open image. */
	take(change: Changed): void {
		this.categories = change.categories;
		this.destinations = change.destinations;
		this.history = change.history;
		this.imageRows.replace(change.rows);
	}

	/** Takes over what became of proposals, all but the open image. */
	takeAnswers({ rows, categories, history }: AcceptSummary): void {
		this.imageRows.replace(rows);
		this.categories = categories;
		this.history = history;
	}

	/** Reads these images ahead. */
	lookAhead(ids: readonly ImageId[]): void {
		this.#ahead.look(ids);
	}

	async changed(change: Changed): Promise<void> {
		this.take(change);
		if (this.current !== null && change.images.includes(this.current)) await this.reload();
	}

	/** The answer's data, or null after the user was told what went wrong. */
	async tell<T>(call: Promise<Result<T>>): Promise<T | null> {
		const answer = await answered(call);
		if (answer.status === "ok") return answer.data;
		this.toasts.show("error", answer.error.message);
		return null;
	}

	/** Before anything that reads or rewrites boxes in Rust: all edits must have arrived. */
	async saved(): Promise<boolean> {
		this.editor?.keys.commitNudge();
		if (await this.store.settled()) return true;
		this.toasts.show("error", t("save.first"), { label: t("save.retry"), run: () => this.store.retrySaving() });
		return false;
	}

	/** A frame of the live view became an image, or got another box. */
	#frameSaved({ row, categories, history }: SavedFrame): void {
		this.categories = categories;
		this.history = history;
		this.imageRows.arrive(row);
		if (this.current === null) void this.open(row.id);
	}

	#readNeighbours(): void {
		// The review knows better what comes next.
		if (this.review.on) return;
		this.#ahead.look(this.shown.nearby.filter(({ problem }) => problem === null).map(({ id }) => id));
	}
}

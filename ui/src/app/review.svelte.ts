// The fast lane through the proposals of the project: the least sure one first, wherever it is, and the next one as
// soon as this one has its answer. What the answers do is in `review-commands.ts`.

import { answered } from "../backend";
import type { Annotation, AnnotationId, BoundingBox, ReviewItem } from "../bindings";
import { sameBox } from "../geometry/bounding-box";
import { isOpen, sureness } from "../geometry/changes";
import { duplicateOf } from "../geometry/duplicates";
import { percent, t } from "../shared/messages";
import { Remembered } from "../shared/remembered.svelte";
import type { Session } from "./session.svelte";

export type ReviewState =
	| { readonly kind: "off" }
	/** The next one is on its way: answers would go to what nobody has seen yet. */
	| { readonly kind: "looking" }
	| { readonly kind: "asking"; readonly item: ReviewItem }
	/** The user changes the box; the next one comes when they say so. */
	| { readonly kind: "fixing"; readonly item: ReviewItem }
	/** None is left, or only those that were put off. */
	| { readonly kind: "end"; readonly left: number }
	| { readonly kind: "failed"; readonly message: string };

export class Review {
	state = $state.raw<ReviewState>({ kind: "off" });
	/** How many proposals are as sure as *n* in the hundred, as of the latest answer. */
	atLeast = $state.raw<readonly number[]>([]);
	/** Answers given since the review began. */
	answers = $state.raw(0);
	/** What "accept all as sure as" was set to last, in hundredths. */
	readonly threshold = new Remembered<number>("review.threshold", 70, (n) => Number.isInteger(n) && n >= 0 && n <= 99);
	readonly #session: Session;
	/** The proposal that was put off last: the next one comes after it. */
	#after: AnnotationId | null = null;
	/** Where the box was when it was asked about. */
	#asked: BoundingBox | null = null;
	/** Answered ones, the latest last, to find the one that an undo brings back. */
	#answered: AnnotationId[] = [];
	#tool: "draw" | "select" | null = null;
	#turn = 0;

	constructor(session: Session) {
		this.#session = session;
		session.store.subscribe(() => this.#boxesChanged());
	}

	get on(): boolean {
		return this.state.kind !== "off";
	}

	/** The proposal that is asked about or corrected. */
	get item(): ReviewItem | null {
		return this.state.kind === "asking" || this.state.kind === "fixing" ? this.state.item : null;
	}

	/** Its box, while its image is the open one. */
	get annotation(): Annotation | null {
		const { item } = this;
		const { image, annotations } = this.#session.canvas;
		return (item && image?.id === item.image && annotations.find(({ id }) => id === item.annotation)) || null;
	}

	async start(): Promise<void> {
		const { editor } = this.#session;
		this.answers = 0;
		this.#answered = [];
		this.#after = null;
		this.#tool ??= editor?.tool ?? null;
		await this.next();
	}

	stop(): void {
		this.#turn += 1;
		if (this.on) this.#session.said = "";
		this.state = { kind: "off" };
		const { editor } = this.#session;
		if (editor && this.#tool) editor.tool = this.#tool;
		this.#tool = null;
	}

	/** Goes to the least sure one, after those that were put off. */
	async next(): Promise<void> {
		const session = this.#session;
		const turn = ++this.#turn;
		this.state = { kind: "looking" };
		// What was answered must have arrived.
		const saved = await session.saved();
		if (turn !== this.#turn) return;
		if (!saved) {
			this.state = { kind: "failed", message: t("save.first") };
			return;
		}
		const answer = await answered(session.backend.review(this.#after));
		if (turn !== this.#turn) return;
		if (answer.status === "error") {
			this.state = { kind: "failed", message: answer.error.message };
			return;
		}
		const { atLeast, next, ahead } = answer.data;
		this.atLeast = atLeast;
		if (!next) {
			this.state = { kind: "end", left: atLeast[0] ?? 0 };
			session.said = this.state.left > 0 ? t("review.putOff", { count: this.state.left }) : t("review.done");
			return;
		}
		await this.#show(next, turn);
		if (turn === this.#turn) session.lookAhead(ahead);
	}

	/** Many are being answered at once, the one on the screen perhaps among them: it waits for no answer any more. */
	hold(): void {
		this.#turn += 1;
		if (this.on) this.state = { kind: "looking" };
	}

	/** Puts this one off. */
	async later(): Promise<void> {
		if (this.item) this.#after = this.item.annotation;
		await this.next();
	}

	/** Begins again with those that were put off. */
	async again(): Promise<void> {
		this.#after = null;
		await this.next();
	}

	/** Lets the user change the box. */
	fix(): void {
		const { item } = this;
		if (item) this.state = { kind: "fixing", item };
	}

	/** Back to the proposal, when the user looks at another image. */
	async back(): Promise<void> {
		const { item } = this;
		if (item) await this.#show(item, ++this.#turn);
	}

	/** After an undo or redo: to the proposal that it brought back, or else to the next. */
	async travelled(): Promise<void> {
		if (!this.on) return;
		const { annotations, image } = this.#session.canvas;
		const back = annotations.filter((a) => isOpen(a) && this.#answered.includes(a.id));
		const latest = back.sort((a, b) => this.#answered.indexOf(a.id) - this.#answered.indexOf(b.id)).at(-1);
		if (!latest || !image) return this.next();
		this.#answered = this.#answered.filter((id) => id !== latest.id);
		this.answers = Math.max(0, this.answers - 1);
		await this.#show(
			{ image: image.id, annotation: latest.id, sureness: sureness(latest), copyOf: null },
			++this.#turn,
		);
	}

	async #show(item: ReviewItem, turn: number): Promise<void> {
		const session = this.#session;
		this.state = { kind: "looking" };
		session.view = "label";
		if (item.image !== session.current || session.picture.kind !== "ready") await session.open(item.image);
		// Nobody answers for what they have not seen.
		await session.pictures.preview(item.image).catch(() => {});
		if (turn !== this.#turn) return;
		const annotation = session.canvas.annotations.find(({ id }) => id === item.annotation);
		this.#asked = annotation?.bbox ?? null;
		session.popup = null;
		if (annotation) {
			session.store.select(annotation.id);
			if (session.editor) {
				session.editor.tool = "select";
				session.editor.view.frame(annotation.bbox);
			}
		}
		this.state = { kind: "asking", item };
		if (annotation) this.#say(annotation);
	}

	#say(annotation: Annotation): void {
		const { canvas, project } = this.#session;
		const twin = duplicateOf(annotation, canvas.annotations, project?.preferences.rules.maxOverlap ?? 0);
		const values = { share: percent(this.item?.sureness ?? 0), count: this.atLeast[0] ?? 0 };
		this.#session.said = twin ? t("review.saidDuplicate", values) : t("review.said", values);
	}

	/** Goes on when the proposal has its answer, however it was given. */
	#boxesChanged(): void {
		const { item } = this;
		const { image, annotations } = this.#session.store.snapshot;
		if (!item || image?.id !== item.image) return;
		const now = annotations.find(({ id }) => id === item.annotation);
		const moved = now && this.#asked && !sameBox(now.bbox, this.#asked);
		if (now && isOpen(now) && !moved) return;
		if (now && (moved || this.state.kind === "fixing")) {
			// Moved by hand, it counts; whether it stands well now is the user's to say.
			if (this.state.kind === "asking") this.fix();
			return;
		}
		this.answered(item.annotation);
		this.state = { kind: "looking" };
		// The store is in the middle of the change: what it has to save is on its way only after this.
		queueMicrotask(() => void this.next());
	}

	/** Counts an answer. */
	answered(id: AnnotationId): void {
		this.#answered.push(id);
		this.answers += 1;
	}
}

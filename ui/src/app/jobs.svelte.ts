// Work that takes a while and shows how far it is. Each kind runs at most once at a time.

import type { Backend } from "../backend";
import type { JobKind, JobProgress } from "../bindings";
import { t, wholeNumber } from "../shared/messages";

export type Job = { readonly kind: JobKind; readonly progress: JobProgress | null; readonly cancelling: boolean };

/** How far a job is, in words; how far it has to go may not be known. */
export function jobCount({ done, total }: JobProgress): string {
	if (total === 0) return t("jobs.found", { done: wholeNumber(done) });
	return t("jobs.count", { done: wholeNumber(done), total: wholeNumber(total) });
}

export class Jobs {
	readonly #backend: Backend;
	#running = $state.raw<readonly Job[]>([]);
	/** Kinds whose end somebody here waits for; others were started before the window was reloaded. */
	readonly #awaited = new Set<JobKind>();

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	get running(): readonly Job[] {
		return this.#running;
	}

	has(kind: JobKind): boolean {
		return this.#running.some((job) => job.kind === kind);
	}

	async connect(): Promise<void> {
		await this.#backend.events.jobProgress.listen(({ payload }) => this.#progress(payload));
	}

	/** Shows `kind` as running until `work` ends; null when it runs already. */
	async run<T>(kind: JobKind, work: () => Promise<T>): Promise<T | null> {
		if (this.has(kind)) return null;
		this.#running = [...this.#running, { kind, progress: null, cancelling: false }];
		this.#awaited.add(kind);
		try {
			return await work();
		} finally {
			this.#awaited.delete(kind);
			this.#running = this.#running.filter((job) => job.kind !== kind);
		}
	}

	async cancel(kind: JobKind): Promise<void> {
		this.#running = this.#running.map((job) => (job.kind === kind ? { ...job, cancelling: true } : job));
		await this.#backend.cancelJob(kind);
	}

	#progress(progress: JobProgress): void {
		// A total of 0 is not known yet.
		const whole = progress.total > 0 && progress.done >= progress.total;
		const ended = whole && !this.#awaited.has(progress.job);
		const others = this.#running.filter((job) => job.kind !== progress.job);
		const known = this.#running.find((job) => job.kind === progress.job);
		const job = { kind: progress.job, progress, cancelling: known?.cancelling ?? false };
		this.#running = ended ? others : [...others, job];
	}
}

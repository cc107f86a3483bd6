// What the events of a training add up to: a pure function, so a window that was reloaded gets to the same state
// from the log.

import type { EpochFigures, Problem, TrainingEvent, TrainingSummary } from "../../bindings";

export type StartedFigures = Omit<Extract<TrainingEvent, { event: "started" }>, "event">;
export type StepFigures = Omit<Extract<TrainingEvent, { event: "step" }>, "event">;

/** What both a running and an ended training have to show. */
export type Course = {
	readonly started: StartedFigures;
	readonly epochs: readonly EpochFigures[];
	/** What went wrong without ending it, the latest of each kind. */
	readonly warnings: readonly string[];
};

export type TrainingState =
	| { readonly kind: "idle" }
	| { readonly kind: "preparing"; readonly done: number; readonly total: number }
	| { readonly kind: "running"; readonly course: Course; readonly step: StepFigures | null }
	| { readonly kind: "finished"; readonly course: Course; readonly summary: TrainingSummary }
	/** Stopped before there was anything to keep. */
	| { readonly kind: "cancelled" }
	| { readonly kind: "failed"; readonly message: string; readonly course: Course | null };

/** Warnings that are shown; a full disk says the same after every epoch. */
const WARNINGS = 3;

export const trainingIdle: TrainingState = { kind: "idle" };

export function afterEvent(state: TrainingState, event: TrainingEvent): TrainingState {
	switch (event.event) {
		case "preparing":
			return { kind: "preparing", done: event.done, total: event.total };
		case "started": {
			const { event: _, ...started } = event;
			return { kind: "running", course: { started, epochs: [], warnings: [] }, step: null };
		}
		case "step": {
			const { event: _, ...step } = event;
			return state.kind === "running" ? { ...state, step } : state;
		}
		// For the record of the project.
		case "checked":
			return state;
		case "epoch": {
			if (state.kind !== "running") return state;
			const { event: _, ...figures } = event;
			const earlier = state.course.epochs.filter((epoch) => epoch.epoch < figures.epoch);
			return { ...state, course: { ...state.course, epochs: [...earlier, figures] } };
		}
		case "warning": {
			if (state.kind !== "running") return state;
			const warnings = [...state.course.warnings, event.message].slice(-WARNINGS);
			return { ...state, course: { ...state.course, warnings } };
		}
		case "finished": {
			const course = courseOf(state);
			const { event: _, ...summary } = event;
			return course ? { kind: "finished", course, summary } : state;
		}
		case "cancelled":
			return { kind: "cancelled" };
		case "failed":
			return { kind: "failed", message: event.message, course: courseOf(state) };
		default:
			return event satisfies never;
	}
}

export function afterEvents(events: readonly TrainingEvent[]): TrainingState {
	return events.reduce(afterEvent, trainingIdle);
}

export function isRunning(state: TrainingState): boolean {
	return state.kind === "preparing" || state.kind === "running";
}

export function courseOf(state: TrainingState): Course | null {
	return "course" in state ? state.course : null;
}

export function problemsOf(state: TrainingState): readonly Problem[] {
	return courseOf(state)?.started.problems ?? [];
}

/** Share of the whole training that is done, 0 to 1. */
export function doneShare(course: Course, step: StepFigures | null): number {
	const { epochs, steps } = course.started;
	if (epochs === 0 || steps === 0) return 0;
	const finished = course.epochs.length;
	const current = step && step.epoch > finished ? step.step / steps : 0;
	return Math.min(1, (finished + current) / epochs);
}

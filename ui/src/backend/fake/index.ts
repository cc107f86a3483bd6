// A program in memory: the same rules, no disk, no models. Jobs take the time that `wait` gives them, so tests
// run through them at once and a browser shows their progress.

import type { CommandError, ForeignFacts, JobKind } from "../../bindings";
import { type Backend, BOX_SIDE, type Result } from "../backend";
import { fakeAnnotations } from "./annotations";
import { fakeCategories } from "./categories";
import { FakeEvents } from "./events";
import { fakeExchange } from "./exchange";
import { fakeExperiments } from "./experiments";
import { fakeFaces } from "./faces";
import { fakeFolders } from "./folders";
import { fakeLive } from "./live";
import { fakeMarks } from "./marks";
import { pictureUrl } from "./picture";
import { FakeProject } from "./project";
import { fakeProjectFiles } from "./project-files";
import { fakeReview } from "./review";
import { fakeTable } from "./table";
import { fakeTraining } from "./training";

export type FakeOptions = {
	/** Images in the project that is open from the start; 0: none is open. In a browser: `?images=40&boxes=500`. */
	images?: number;
	/** Boxes on the first of them. */
	boxes?: number;
	/** Pauses of jobs, in milliseconds of a person's time. */
	wait?: (milliseconds: number) => Promise<void>;
	/** The model that is loaded is another program's, which tells this of itself. */
	foreign?: ForeignFacts;
};

export type FakeBackend = Backend & {
	project: FakeProject;
	emit: FakeEvents["emit"];
	/** The next call of this command answers with this error. */
	failNext(command: string, error: CommandError): void;
	/** Names of the commands that were called, in order. */
	calls: string[];
};

export const ok = <T>(data: T): Promise<Result<T>> => Promise.resolve({ status: "ok", data });
export const fail = <T>(code: CommandError["code"], message: string): Promise<Result<T>> =>
	Promise.resolve({ status: "error", error: { code, message } });

export class Cancels {
	readonly #asked = new Set<JobKind | "training">();
	request(job: JobKind | "training"): void {
		this.#asked.add(job);
	}
	/** Whether cancelling was asked for since the last look. */
	take(job: JobKind | "training"): boolean {
		return this.#asked.delete(job);
	}
}

export function createFakeBackend(options: FakeOptions = {}): FakeBackend {
	const address = new URLSearchParams(globalThis.location?.search ?? "");
	const wait = options.wait ?? ((milliseconds) => new Promise((done) => setTimeout(done, milliseconds)));
	const project = new FakeProject(
		options.images ?? Number(address.get("images") ?? 0),
		options.boxes ?? Number(address.get("boxes") ?? 0),
	);
	const bus = new FakeEvents();
	const context = { project, bus, wait, cancels: new Cancels(), foreign: options.foreign ?? null };
	const training = fakeTraining(context);
	const commands = {
		...fakeAnnotations(context),
		...fakeCategories(context),
		...fakeMarks(context),
		...fakeProjectFiles(context),
		...fakeTable(context),
		...fakeExchange(context),
		...fakeFaces(context),
		...fakeReview(context),
		...fakeFolders(context),
		...training,
		...fakeExperiments(context, training.setExperiment),
		...fakeLive(context),
	};
	const failures = new Map<string, CommandError>();
	const calls: string[] = [];
	const recorded = Object.fromEntries(
		Object.entries(commands).map(([name, command]) => [
			name,
			(...args: unknown[]) => {
				calls.push(name);
				const error = failures.get(name);
				if (error && failures.delete(name)) return fail(error.code, error.message);
				return (command as (...args: unknown[]) => unknown)(...args);
			},
		]),
	) as typeof commands;
	return {
		...recorded,
		events: bus.sources,
		nativeMenu: false,
		imageUrl: (id, maxSide) => pictureUrl(project.image(id), maxSide),
		boxUrl: (id, _, bbox) => pictureUrl(project.image(id), BOX_SIDE, bbox),
		sampleUrl: (_, sample, side) => anyPicture(project, sample, side),
		changesUrl: () => anyPicture(project, 0, 512),
		saveFigure: (name) => ok(`/home/you/${name}`),
		project,
		emit: bus.emit,
		failNext: (command, error) => void failures.set(command, error),
		calls,
	};
}

/** A picture for a sample, which this project in memory does not have. */
function anyPicture(project: FakeProject, sample: number, side: number): string {
	const image = project.images[sample % Math.max(1, project.images.length)];
	return image ? pictureUrl(image, side) : "";
}

export type FakeContext = {
	project: FakeProject;
	bus: FakeEvents;
	wait: (milliseconds: number) => Promise<void>;
	cancels: Cancels;
	foreign: ForeignFacts | null;
};

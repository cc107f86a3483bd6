import type { events } from "../../bindings";
import type { EventSource } from "../backend";

type Events = typeof events;
type Payload<Name extends keyof Events> = Parameters<Parameters<Events[Name]["listen"]>[0]>[0]["payload"];
type Listener = (event: { payload: never }) => void;

/** Delivers events to whoever listens, at once. */
export class FakeEvents {
	readonly #listeners = new Map<string, Set<Listener>>();
	readonly sources: EventSource = {
		menuEvent: this.#source("menuEvent"),
		pinched: this.#source("pinched"),
		leaveWanted: this.#source("leaveWanted"),
		jobProgress: this.#source("jobProgress"),
		rowsChanged: this.#source("rowsChanged"),
		trainingProgress: this.#source("trainingProgress"),
		experimentProgress: this.#source("experimentProgress"),
		modelChanged: this.#source("modelChanged"),
		liveStatus: this.#source("liveStatus"),
		frameSaved: this.#source("frameSaved"),
		collectingFailed: this.#source("collectingFailed"),
	};

	readonly emit = <Name extends keyof Events>(name: Name, payload: Payload<Name>): void => {
		for (const listener of this.#listeners.get(name) ?? []) listener({ payload: payload as never });
	};

	#source<Name extends keyof Events>(name: Name): EventSource[Name] {
		const listen = (listener: Listener) => {
			const all = this.#listeners.get(name) ?? new Set();
			this.#listeners.set(name, all.add(listener));
			return Promise.resolve(() => void all.delete(listener));
		};
		return { listen } as unknown as EventSource[Name];
	}
}

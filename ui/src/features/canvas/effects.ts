// What the tools ask for, done: to the store, the view, and whoever shows popups and reasons.

import type { AnnotationId, ChangeSet } from "../../bindings";
import type { ScreenPoint } from "../../geometry/points";
import type { BoxRejection } from "../../geometry/rules";
import type { AnnotationStore } from "./store";
import type { ToolEffect } from "./tools/tool";
import type { ViewControl } from "./view-control";

export type EffectHost = {
	openPopup(id: AnnotationId): void;
	rejected(rejection: BoxRejection, at: ScreenPoint): void;
};

export class Effects {
	readonly #store: AnnotationStore;
	readonly #view: ViewControl;
	readonly #host: EffectHost;

	constructor(store: AnnotationStore, view: ViewControl, host: EffectHost) {
		this.#store = store;
		this.#view = view;
		this.#host = host;
	}

	/** `at`: where the user is looking. False when a rule refused the changes. */
	perform(effect: ToolEffect, at: ScreenPoint): boolean {
		switch (effect.kind) {
			case "select":
				this.#store.select(...effect.ids);
				return true;
			case "commit":
				return this.commit(effect.changes, effect.popup, at);
			case "pan":
				this.#view.pan(effect.dx, effect.dy);
				return true;
			default:
				return effect satisfies never;
		}
	}

	commit(changes: ChangeSet, popup: AnnotationId | null, at: ScreenPoint): boolean {
		const rejection = this.#store.commit(changes);
		if (rejection) {
			this.#host.rejected(rejection, at);
			return false;
		}
		if (popup !== null) {
			this.#store.select(popup);
			this.#host.openPopup(popup);
		}
		return true;
	}
}

// Short messages in the corner. Good news leaves by itself; bad news stays until it is read.

export type ToastAction = {
	label: string;
	/** Whether it makes sense now; always, when not given. */
	offered?: () => boolean;
	run: () => void;
};
export type Toast = {
	readonly id: number;
	readonly kind: "done" | "note" | "error";
	readonly text: string;
	readonly action: ToastAction | null;
};

const SHOWN_MILLIS = 6000;
const MOST = 4;

export class Toasts {
	#list = $state.raw<readonly Toast[]>([]);
	#next = 1;

	get list(): readonly Toast[] {
		return this.#list;
	}

	show(kind: Toast["kind"], text: string, action: ToastAction | null = null): void {
		const toast = { id: this.#next++, kind, text, action };
		const others = this.#list.filter((other) => other.text !== text);
		this.#list = [...others, toast].slice(-MOST);
		if (kind !== "error" && !action) setTimeout(() => this.dismiss(toast.id), SHOWN_MILLIS);
		else if (kind !== "error") setTimeout(() => this.dismiss(toast.id), 2 * SHOWN_MILLIS);
	}

	dismiss(id: number): void {
		this.#list = this.#list.filter((toast) => toast.id !== id);
	}
}

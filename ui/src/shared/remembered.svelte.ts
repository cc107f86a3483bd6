// Choices about the window that outlive it: sizes, what is collapsed, the theme, the last detector.

const PREFIX = "bauta.";

/** A reactive value that is kept in local storage; anything unreadable there counts as the default. */
export class Remembered<T extends string | number | boolean> {
	#value = $state() as T;
	readonly #key: string;

	constructor(name: string, initial: T, valid: (value: T) => boolean = () => true) {
		this.#key = PREFIX + name;
		this.#value = read(this.#key, initial, valid);
	}

	get value(): T {
		return this.#value;
	}

	set value(value: T) {
		this.#value = value;
		try {
			localStorage.setItem(this.#key, JSON.stringify(value));
		} catch {
			// Storage may be off or full; then the choice lasts as long as the window.
		}
	}
}

function read<T>(key: string, initial: T, valid: (value: T) => boolean): T {
	try {
		const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
		return typeof value === typeof initial && valid(value as T) ? (value as T) : initial;
	} catch {
		return initial;
	}
}

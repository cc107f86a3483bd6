// How keys are written for people, and which key press is meant.

/** A key with modifiers, such as "Ctrl+Shift+D", "PageUp" or "?". Ctrl stands for Command on a Mac. */
export type KeyCombination = string;

const MODIFIERS = ["Ctrl", "Alt", "Shift"] as const;

/** The combination that was pressed, written like those in the table of shortcuts. */
export function pressedKey(
	event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): KeyCombination {
	const held = { Ctrl: event.ctrlKey || event.metaKey, Alt: event.altKey, Shift: event.shiftKey };
	const letter = event.key.length === 1;
	const key = event.key === " " ? "Space" : letter ? event.key.toUpperCase() : event.key;
	// The Shift that makes a "?" or a "+" is part of that key.
	const shiftIsKey = letter && event.key.toLowerCase() === event.key.toUpperCase() && !/[0-9]/.test(event.key);
	const parts = MODIFIERS.filter((name) => held[name] && !(name === "Shift" && shiftIsKey));
	return [...parts, key].join("+");
}

const SYMBOLS: Record<string, string> = {
	ArrowLeft: "←",
	ArrowRight: "→",
	ArrowUp: "↑",
	ArrowDown: "↓",
	PageUp: "Page Up",
	PageDown: "Page Down",
};

/** The combination as people read it. */
export function shownKey(key: KeyCombination): string {
	// The last plus may be the key itself.
	return key
		.split(/\+(?!$)/)
		.map((part) => SYMBOLS[part] ?? part)
		.join(" ");
}

/** Whether keys go into a text field, so that plain letters are text and not commands. */
export function typesText(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	if (target instanceof HTMLInputElement)
		return !["checkbox", "radio", "button", "range", "color"].includes(target.type);
	return (
		target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable === true
	);
}

/** Whether there is text in the field that undo could mean; in an empty one it means the boxes. */
export function holdsText(target: EventTarget | null): boolean {
	const field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
	return field && typesText(target) && target.value !== "";
}

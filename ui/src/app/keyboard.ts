// Keys of the main window that are commands or move boxes. Text fields, lists and dialogs keep theirs.

import type { CategoryId } from "../bindings";
import { categoryOfDigit, DIGITS } from "../shared/category-keys";
import { holdsText, pressedKey, typesText } from "../shared/keys";
import { selectNeighbour, setCategory } from "./box-commands";
import { dispatch } from "./commands";
import { isTextCommand } from "./copy-commands";
import type { Session } from "./session.svelte";
import { isNativeKey, REVIEW_KEYS, SHORTCUTS } from "./shortcuts";

const ARROWS: Record<string, readonly [number, number]> = {
	ArrowLeft: [-1, 0],
	ArrowRight: [1, 0],
	ArrowUp: [0, -1],
	ArrowDown: [0, 1],
};
const FAST = 10;

/** Listens on the window; returns how to stop. */
export function listenToKeys(session: Session): () => void {
	const stop = new AbortController();
	const options = { signal: stop.signal };
	window.addEventListener("keydown", (event) => keyDown(session, event), options);
	window.addEventListener("keyup", (event) => keyUp(session, event), options);
	window.addEventListener(
		"blur",
		() => {
			session.editor?.holdPan(false);
			session.editor?.keys.commitNudge();
		},
		options,
	);
	const focusChanged = () => {
		session.typing = typesText(document.activeElement);
	};
	window.addEventListener("focusin", focusChanged, options);
	// The focus has gone elsewhere only after this event.
	window.addEventListener("focusout", () => queueMicrotask(focusChanged), options);
	return () => stop.abort();
}

function keyDown(session: Session, event: KeyboardEvent): void {
	if (event.defaultPrevented || session.dialog !== null) return;
	const key = pressedKey(event);
	const typing = typesText(event.target);
	const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(key));
	if (shortcut && isNativeKey(key)) {
		const text =
			isTextCommand(shortcut.command) && (holdsText(event.target) || (typing && shortcut.command === "edit.paste"));
		if (session.backend.nativeMenu || text) return;
		event.preventDefault();
		void dispatch(session, shortcut.command);
		return;
	}
	if (typing || pressesControl(event)) return;
	if (session.editor?.keys.drawing && drawingKey(session, event)) {
		event.preventDefault();
		return;
	}
	if (reviewKey(session, event, key)) {
		event.preventDefault();
		return;
	}
	const handled = shortcut ? commandKey(session, shortcut.command) : otherKey(session, event, key);
	if (handled) event.preventDefault();
}

function commandKey(session: Session, command: string): boolean {
	void dispatch(session, command);
	return true;
}

/** While the review is on, its keys are its own: also at a moment when there is nothing to answer. */
function reviewKey(session: Session, event: KeyboardEvent, key: string): boolean {
	if (!session.review.on || session.view !== "label") return false;
	const command = Object.entries(REVIEW_KEYS).find(([, keys]) => keys === key)?.[0];
	if (command === undefined) return false;
	// A key that is held down must not answer for what nobody looked at.
	if (!event.repeat) void dispatch(session, command);
	return true;
}

function otherKey(session: Session, event: KeyboardEvent, key: string): boolean {
	if (session.view !== "label" || isSlider(event.target)) return false;
	const arrow = ARROWS[event.key];
	if (arrow) return arrowKey(session, arrow, event);
	if (event.key === "Tab") return tabKey(session, event);
	if (key === "0") return giveCategory(session, null);
	const digit = DIGITS.find((digit) => digit === key);
	if (digit !== undefined) return giveCategory(session, categoryOfDigit(digit, session.categories)?.id);
	if (/^[a-z]$/i.test(key))
		return giveCategory(session, session.categories.find((c) => c.hotkey === key.toLowerCase())?.id);
	if (key === "Escape") return escapeKey(session);
	if (key === "Space") {
		session.editor?.holdPan(true);
		return session.editor !== null;
	}
	return false;
}

function keyUp(session: Session, event: KeyboardEvent): void {
	if (event.key === " ") session.editor?.holdPan(false);
	// One undo step for one press, however long the key was held.
	if (event.key in ARROWS) session.editor?.keys.commitNudge();
}

/** Enter and Space on a focused control are that control's. */
function pressesControl(event: KeyboardEvent): boolean {
	if (event.key !== "Enter" && event.key !== " ") return false;
	return event.target instanceof Element && event.target.closest("button, summary, a, [role=switch]") !== null;
}

/** Arrows on a slider are the slider's. */
function isSlider(target: EventTarget | null): boolean {
	return target instanceof HTMLInputElement && target.type === "range";
}

function giveCategory(session: Session, category: CategoryId | null | undefined): boolean {
	if (session.canvas.selected.length === 0 || category === undefined || session.project?.readOnly) return false;
	setCategory(session, category);
	session.popup = null;
	return true;
}

function escapeKey(session: Session): boolean {
	if (session.editor?.cancel()) return true;
	if (session.popup !== null) session.popup = null;
	else if (session.review.on) session.review.stop();
	else session.store.select();
	return true;
}

/** While the cross is out, arrows and Enter are its own. */
function drawingKey(session: Session, event: KeyboardEvent): boolean {
	const keys = session.editor?.keys;
	const arrow = ARROWS[event.key];
	if (arrow) {
		const [dx, dy] = arrow;
		keys?.draw({ kind: "arrow", dx, dy, spans: event.shiftKey, fine: event.ctrlKey || event.metaKey });
		return true;
	}
	if (event.key !== "Enter") return false;
	keys?.draw({ kind: "enter" });
	return true;
}

/** From box to box; past the last one the focus goes on, as everywhere. */
function tabKey(session: Session, event: KeyboardEvent): boolean {
	if (!(event.target instanceof HTMLCanvasElement) || event.ctrlKey || event.altKey) return false;
	return selectNeighbour(session, event.shiftKey ? -1 : 1, false);
}

function arrowKey(session: Session, [dx, dy]: readonly [number, number], event: KeyboardEvent): boolean {
	if (event.ctrlKey || event.metaKey) return false;
	const step = event.shiftKey ? FAST : 1;
	if (session.editor?.keys.nudge(event.altKey ? "resize" : "move", dx * step, dy * step)) return true;
	if (dx === 0 || event.shiftKey || event.altKey) return false;
	void dispatch(session, dx < 0 ? "file.previous" : "file.next");
	return true;
}

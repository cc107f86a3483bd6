// Keys of the main window that are commands or move boxes. Text fields, lists and dialogs keep theirs.

import type { BoundingBox } from "../bindings";
import { clampedBox, movedBox } from "../geometry/bounding-box";
import { holdsText, pressedKey, typesText } from "../shared/keys";
import { setCategory } from "./box-commands";
import { dispatch } from "./commands";
import type { Session } from "./session.svelte";
import { isNativeKey, SHORTCUTS } from "./shortcuts";

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
			session.editor?.commitNudge();
		},
		options,
	);
	return () => stop.abort();
}

function keyDown(session: Session, event: KeyboardEvent): void {
	if (event.defaultPrevented || session.dialog !== null) return;
	const key = pressedKey(event);
	const typing = typesText(event.target);
	const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(key));
	if (shortcut && isNativeKey(key)) {
		if (session.backend.nativeMenu || (holdsText(event.target) && /^Ctrl\+(Shift\+)?Z$/.test(key))) return;
		event.preventDefault();
		void dispatch(session, shortcut.command);
		return;
	}
	if (typing || pressesControl(event)) return;
	const handled = shortcut ? commandKey(session, shortcut.command) : otherKey(session, event, key);
	if (handled) event.preventDefault();
}

function commandKey(session: Session, command: string): boolean {
	void dispatch(session, command);
	return true;
}

function otherKey(session: Session, event: KeyboardEvent, key: string): boolean {
	if (session.view !== "label") return false;
	const arrow = ARROWS[event.key];
	if (arrow) return arrowKey(session, arrow, event);
	if (/^[0-9]$/.test(key)) return digitKey(session, Number(key));
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
	if (event.key in ARROWS) session.editor?.commitNudge();
}

/** Enter and Space on a focused control are that control's. */
function pressesControl(event: KeyboardEvent): boolean {
	if (event.key !== "Enter" && event.key !== " ") return false;
	return event.target instanceof Element && event.target.closest("button, summary, a, [role=switch]") !== null;
}

function digitKey(session: Session, digit: number): boolean {
	if (session.canvas.selected === null) return false;
	const category = digit === 0 ? null : session.categories[digit - 1]?.id;
	if (category === undefined) return false;
	setCategory(session, category);
	session.popup = null;
	return true;
}

function escapeKey(session: Session): boolean {
	if (session.editor?.cancel()) return true;
	if (session.popup !== null) session.popup = null;
	else session.store.select(null);
	return true;
}

function arrowKey(session: Session, [dx, dy]: readonly [number, number], event: KeyboardEvent): boolean {
	const { editor, store } = session;
	const selected = store.selectedAnnotation;
	const size = editor?.size;
	if (!selected || !editor || !size) {
		if (dx === 0 || event.shiftKey || event.altKey) return false;
		void dispatch(session, dx < 0 ? "file.previous" : "file.next");
		return true;
	}
	const step = event.shiftKey ? FAST : 1;
	const from = editor.nudged?.id === selected.id ? editor.nudged.bbox : selected.bbox;
	const grown = (box: BoundingBox): BoundingBox =>
		clampedBox(
			{ ...box, x2: Math.max(box.x1 + 1, box.x2 + dx * step), y2: Math.max(box.y1 + 1, box.y2 + dy * step) },
			size,
		);
	editor.nudgeTo(selected.id, event.altKey ? grown(from) : movedBox(from, dx * step, dy * step, size));
	return true;
}

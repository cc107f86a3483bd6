// The web view's own menu (Back, Reload…) has no place in a program: Reload would drop what is not saved.

/** Keeps that menu away but from text fields, where it offers Cut, Copy and Paste. */
export function keepPageMenuAway(): void {
	window.addEventListener("contextmenu", (event) => {
		const inText = event.target instanceof Element && event.target.closest("input, textarea") !== null;
		if (!inText) event.preventDefault();
	});
}

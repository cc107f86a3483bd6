// The dialogs of jobs on folders: their buttons, and the folders that are chosen in them.

import path from "node:path";
import { chooseInDialog } from "./desktop.mjs";
import { until } from "./until.mjs";

/** Driver-side view of the dialog that is open in `app`, whichever it is. */
export function folderDialog(app) {
	const inDialog = (selector) => app.browser.$(`dialog[open] ${selector}`);
	return {
		/** The button with this text, once it can be clicked. */
		button: async (text) => {
			const found = await (await app.browser.$("dialog[open]")).$(`button=${text}`);
			await found.waitForClickable();
			return found;
		},
		/** Chooses a folder for a role in the native dialog with this title. */
		choose: async (role, title, place) => {
			await (await inDialog(`[data-role=${role}] button`)).click();
			await chooseInDialog(app, title, place);
			await until(`folder for ${role}`, async () => {
				const shown = await (await inDialog(`[data-role=${role}] .path`)).getAttribute("title");
				return shown?.endsWith(path.basename(place));
			});
		},
	};
}

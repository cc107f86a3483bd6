// Finding images by a part of `folder/name`, in any case. A project may have a hundred thousand of them in a few dozen
// folders, so each folder is looked at once, and no path is put together.

import type { ImageRow } from "../../bindings";

type Named = Pick<ImageRow, "folder" | "name">;

/** Whether an image's path contains the text; null when there is no text. */
export function nameSearch(text: string): ((row: Named) => boolean) | null {
	const wanted = text.trim();
	if (wanted === "") return null;
	const anywhere = pattern(wanted);
	const slash = wanted.lastIndexOf("/") + 1;
	if (slash === 0) {
		const inFolder = eachOnce((folder) => anywhere.test(folder));
		return ({ folder, name }) => anywhere.test(name) || inFolder(folder);
	}
	// A name has no slash: the text lies in the folder's part, or its last slash is the one between the two.
	const [end, start] = [pattern(wanted.slice(0, slash), "", "$"), pattern(wanted.slice(slash), "^")];
	const inFolder = eachOnce((folder) => anywhere.test(`${folder}/`));
	const before = eachOnce((folder) => end.test(`${folder}/`));
	return ({ folder, name }) => inFolder(folder) || (before(folder) && start.test(name));
}

/** As an expression, so that no lower-case copy of all names is made and kept. */
function pattern(text: string, before = "", after = ""): RegExp {
	return new RegExp(before + text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + after, "i");
}

function eachOnce(answer: (folder: string) => boolean): (folder: string) => boolean {
	const known = new Map<string, boolean>();
	return (folder) => {
		const before = known.get(folder);
		if (before !== undefined) return before;
		const found = answer(folder);
		known.set(folder, found);
		return found;
	};
}

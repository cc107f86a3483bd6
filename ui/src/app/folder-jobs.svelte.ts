// Auto-crop and "find unprocessed": the folders, and how far the one and the other are. Kept here and not in their
// dialogs, which may be closed while the work goes on.

import { answered, type Result } from "../backend";
import type { AutocropSummary, ChosenFolder, CropLook, FolderRole, UnprocessedSummary } from "../bindings";
import { autocropText, type FolderJobState, unprocessedText } from "../features/faces/folder-job";
import { t } from "../shared/messages";
import type { Session } from "./session.svelte";

export class FolderJobs {
	folders = $state.raw<readonly ChosenFolder[]>([]);
	autocrop = $state.raw<FolderJobState<AutocropSummary>>({ kind: "form" });
	unprocessed = $state.raw<FolderJobState<UnprocessedSummary>>({ kind: "form" });
	readonly #session: Session;

	constructor(session: Session) {
		this.#session = session;
	}

	/** Opens a dialog; one whose work has ended begins anew unless its result was not seen yet. */
	async open(kind: "autocrop" | "unprocessed"): Promise<void> {
		this.folders = await this.#session.backend.chosenFolders();
		this.#session.dialog = { kind };
	}

	async choose(role: FolderRole): Promise<void> {
		const folders = await this.#session.tell(this.#session.backend.chooseFolder(role));
		if (folders) this.folders = folders;
	}

	async runAutocrop(look: CropLook, detector: string, minFace: number, again: boolean): Promise<void> {
		await this.#session.jobs.run("autocrop", async () => {
			this.autocrop = { kind: "running" };
			this.autocrop = await ended(this.#session.backend.autocrop(look, detector, minFace, again));
		});
		this.folders = await this.#session.backend.chosenFolders();
		if (this.#session.dialog?.kind === "autocrop") return;
		const { autocrop } = this;
		if (autocrop.kind === "done") this.#tell("autocrop", autocropText(autocrop.summary));
		if (autocrop.kind === "failed") this.#tell("autocrop", t("autocrop.failed"), "error");
	}

	async runUnprocessed(): Promise<void> {
		await this.#session.jobs.run("unprocessed", async () => {
			this.unprocessed = { kind: "running" };
			this.unprocessed = await ended(this.#session.backend.findUnprocessed());
		});
		if (this.#session.dialog?.kind === "unprocessed") return;
		const { unprocessed } = this;
		if (unprocessed.kind === "done") this.#tell("unprocessed", unprocessedText(unprocessed.summary));
		if (unprocessed.kind === "failed") this.#tell("unprocessed", t("unprocessed.failed"), "error");
	}

	/** The work ended while its dialog was closed. */
	#tell(kind: "autocrop" | "unprocessed", text: string, how: "done" | "error" = "done"): void {
		this.#session.toasts.show(how, text, { label: t("folders.result"), run: () => void this.open(kind) });
	}
}

async function ended<Summary>(call: Promise<Result<Summary>>): Promise<FolderJobState<Summary>> {
	const answer = await answered(call);
	if (answer.status === "error") return { kind: "failed", message: answer.error.message };
	return { kind: "done", summary: answer.data };
}

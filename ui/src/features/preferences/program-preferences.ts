import type { ThumbnailSize } from "../../shared/thumbnail-size";

/** What the user chose for the program, whatever project is open. */
export type ProgramPreferences = { readonly confirmDeletes: boolean; readonly thumbnails: ThumbnailSize };

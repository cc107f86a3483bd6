/** Asks where a file of this name goes, writes it there, and says so. */
export type SaveFigure = (name: string, bytes: Uint8Array) => Promise<void>;

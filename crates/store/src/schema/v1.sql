-- Version 1. Identities are the 16 bytes of a UUID; instants are ISO 8601 texts, given by the caller;
-- lengths are pixels of the upright picture. Never change this file: add the next one.

CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Values are JSON.
CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE images (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    path TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    -- Both unknown until the picture was read.
    width INTEGER CHECK (width BETWEEN 1 AND 4294967295),
    height INTEGER CHECK (height BETWEEN 1 AND 4294967295),
    -- Why the picture could not be read.
    problem TEXT,
    revision INTEGER NOT NULL DEFAULT 0,
    CHECK ((width IS NULL) = (height IS NULL))
) STRICT;

CREATE TABLE categories (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    -- The name in lower case (Unicode, which SQLite's NOCASE is not): no two categories share it.
    folded TEXT NOT NULL UNIQUE,
    color TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;

CREATE TABLE annotations (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    image INTEGER NOT NULL REFERENCES images (key),
    -- Order within the image; a box that comes back by undo comes back to its place.
    ordinal INTEGER NOT NULL,
    x1 REAL NOT NULL,
    y1 REAL NOT NULL,
    x2 REAL NOT NULL CHECK (x1 <= x2),
    y2 REAL NOT NULL CHECK (y1 <= y2),
    -- Deferred, so that the edits of one step may come in any order.
    category BLOB REFERENCES categories (id) DEFERRABLE INITIALLY DEFERRED,
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    -- 'drawn', 'detected' or 'generated'; a detector and its score belong to 'detected'.
    source TEXT NOT NULL,
    detector TEXT,
    score REAL,
    suggestion TEXT,
    confidence REAL,
    CHECK ((source = 'detected') = (detector IS NOT NULL)),
    CHECK ((detector IS NULL) = (score IS NULL)),
    CHECK ((suggestion IS NULL) = (confidence IS NULL))
) STRICT;

-- Covers the counts of the image list, so that it never reads the boxes themselves.
CREATE INDEX annotations_by_image ON annotations (image, accepted, category);
CREATE INDEX annotations_by_category ON annotations (category) WHERE category IS NOT NULL;

-- Every change, in order. Undone rows are always the last ones; a new change removes them.
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Neighbouring rows of one group are undone and redone together.
    group_id BLOB NOT NULL CHECK (length(group_id) = 16),
    step TEXT NOT NULL,
    -- JSON: rows before and after.
    edits TEXT NOT NULL,
    at TEXT NOT NULL,
    undone_at TEXT
) STRICT;

CREATE INDEX journal_undone ON journal (seq) WHERE undone_at IS NOT NULL;

CREATE TABLE runs (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    name TEXT NOT NULL,
    started TEXT NOT NULL,
    -- 'running', 'finished', 'cancelled', 'failed' or 'interrupted'.
    state TEXT NOT NULL,
    -- Why it failed.
    failure TEXT,
    -- JSON: settings, frozen samples, their division, the end of it.
    config TEXT NOT NULL,
    dataset TEXT NOT NULL,
    split TEXT NOT NULL,
    summary TEXT
) STRICT;

-- A figure that is not a number (a training that diverged) is NULL.
CREATE TABLE epochs (
    run INTEGER NOT NULL REFERENCES runs (key),
    epoch INTEGER NOT NULL,
    loss REAL,
    accuracy REAL,
    val_loss REAL,
    val_accuracy REAL,
    seconds REAL,
    cpu_seconds REAL,
    PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

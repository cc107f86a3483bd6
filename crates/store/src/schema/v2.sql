-- Version 2. What a category is for, where resized pictures go, pictures that show background only, how a
-- moved file is found again, when a box was changed; and counts, so that opening a project and saving a
-- box read no other boxes. Never change this file: add the next one.

ALTER TABLE categories ADD COLUMN hotkey TEXT CHECK (length(hotkey) = 1);
ALTER TABLE categories ADD COLUMN description TEXT NOT NULL DEFAULT '';
-- How many boxes refer to it, accepted or proposed.
ALTER TABLE categories ADD COLUMN boxes INTEGER NOT NULL DEFAULT 0;
UPDATE categories SET boxes = (SELECT count(*) FROM annotations a WHERE a.category = categories.id);

-- Unknown for boxes that were made before this version.
ALTER TABLE annotations ADD COLUMN changed_at TEXT;

CREATE TABLE destinations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    path TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL
) STRICT;

-- The file as it was seen last.
ALTER TABLE images ADD COLUMN bytes INTEGER CHECK (bytes >= 0);
ALTER TABLE images ADD COLUMN modified TEXT;
-- SHA-256 of its contents.
ALTER TABLE images ADD COLUMN hash BLOB CHECK (length(hash) = 32);
-- No boxes on purpose.
ALTER TABLE images ADD COLUMN background INTEGER NOT NULL DEFAULT 0 CHECK (background IN (0, 1));
ALTER TABLE images ADD COLUMN destination BLOB REFERENCES destinations (id) DEFERRABLE INITIALLY DEFERRED;
-- What the boxes come to: accepted ones, those of them without a category, boxes or categories that
-- nobody accepted yet, 1 − the score of the least sure of these, and the categories of the accepted
-- ones as 32 hexadecimal digits each.
ALTER TABLE images ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE images ADD COLUMN unlabelled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE images ADD COLUMN proposals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE images ADD COLUMN doubt REAL;
ALTER TABLE images ADD COLUMN categories TEXT;

CREATE INDEX images_by_destination ON images (destination) WHERE destination IS NOT NULL;

UPDATE images SET
    (accepted, unlabelled, proposals, doubt) = (
        SELECT count(*) FILTER (WHERE a.accepted = 1),
               count(*) FILTER (WHERE a.accepted = 1 AND a.category IS NULL),
               count(*) FILTER (WHERE a.accepted = 0 OR a.suggestion IS NOT NULL),
               nullif(max(max(coalesce(iif(a.accepted = 0, 1.0 - a.score, NULL), -1.0),
                              coalesce(1.0 - a.confidence, -1.0))), -1.0)
        FROM annotations a WHERE a.image = images.key),
    categories = (
        SELECT group_concat(h, '') FROM (
            SELECT DISTINCT hex(a.category) AS h FROM annotations a
            WHERE a.image = images.key AND a.accepted = 1 AND a.category IS NOT NULL
            ORDER BY h))
WHERE EXISTS (SELECT 1 FROM annotations a WHERE a.image = images.key);

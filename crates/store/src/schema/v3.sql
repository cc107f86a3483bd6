-- Version 3. Which pictures a detector has looked at, so that a run that was stopped goes on; and the way to the
-- least sure of what nobody accepted yet. Never change this file: add the next one.

CREATE TABLE looks (
    image INTEGER NOT NULL REFERENCES images (key),
    -- The detector and its limits.
    settings TEXT NOT NULL,
    -- The file as it was then.
    file TEXT NOT NULL,
    PRIMARY KEY (image, settings)
) STRICT, WITHOUT ROWID;

-- What stays of a picture when it is copied or taken again at once, to recognise those.
CREATE TABLE prints (
    image INTEGER PRIMARY KEY REFERENCES images (key),
    print BLOB NOT NULL
) STRICT;

-- What waits for a yes or a no, the least sure first: of a proposed box the score, of a suggested category its
-- confidence, of both the smaller one.
CREATE INDEX annotations_open ON annotations (
    min(iif(accepted = 0, coalesce(score, 1.0), 1.0), coalesce(confidence, 1.0)), image, ordinal
) WHERE accepted = 0 OR suggestion IS NOT NULL;

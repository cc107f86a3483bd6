-- Version 4. What a training leaves beside its figures: where it ran, the figures of its steps, what was taken
-- for what after each epoch. Never change this file: add the next one.

-- JSON. Unknown for trainings before this version, as are the columns below.
ALTER TABLE runs ADD COLUMN environment TEXT;

-- JSON: for each step, mean loss and accuracy of the epoch so far.
ALTER TABLE epochs ADD COLUMN steps TEXT;
-- JSON: counts of the validation pictures, a row for each true label, a column for each answer.
ALTER TABLE epochs ADD COLUMN confusion TEXT;

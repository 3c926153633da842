-- Scores that judge nothing: of a model that is being tried out.
ALTER TABLE scores ADD COLUMN shadow boolean NOT NULL DEFAULT false;

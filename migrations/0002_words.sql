-- The words that raised a score, for the people who decide.
ALTER TABLE scores ADD COLUMN words jsonb;

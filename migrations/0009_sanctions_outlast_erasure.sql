-- Of an erased account under a suspension or ban keyed hashes stay, by which its reader is found again.

ALTER TABLE reader_marks DROP CONSTRAINT reader_marks_kind_known;
ALTER TABLE reader_marks ADD CONSTRAINT reader_marks_kind_known CHECK (kind IN ('network', 'mail', 'account'));
CREATE INDEX reader_marks_account ON reader_marks (site_id, reader_id) WHERE kind = 'account';

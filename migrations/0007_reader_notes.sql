-- What staff note about a reader, for colleagues.
CREATE TABLE reader_notes (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    reader_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    body text NOT NULL,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reader_notes_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT reader_notes_idempotency_unique UNIQUE (site_id, staff_id, idempotency_key),
    CONSTRAINT reader_notes_reader_fkey FOREIGN KEY (site_id, reader_id)
        REFERENCES readers (site_id, id) ON DELETE CASCADE
);
CREATE INDEX reader_notes_reader ON reader_notes (site_id, reader_id, id);

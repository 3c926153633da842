-- Items that wait for a second person or for a lead; acts on many comments at once.

-- How an item came to wait for somebody else than it did: to a lead, back from one, for a second person, or on from one.
CREATE TABLE handovers (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    comment_id bigint NOT NULL,
    revision integer NOT NULL,
    staff_id bigint NOT NULL,
    -- escalate | hand_back | propose | disagree | withdraw
    action text NOT NULL,
    -- The handover that had brought the item where this one found it; null if it waited for anybody.
    answers bigint,
    -- For colleagues; no reader sees it.
    words text,
    -- What is proposed: from where, to what, why, and with what note to the author.
    from_status text,
    to_status text,
    reasons jsonb NOT NULL DEFAULT '[]',
    note text,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT handovers_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT handovers_idempotency_unique UNIQUE (site_id, staff_id, idempotency_key),
    CONSTRAINT handovers_comment_fkey FOREIGN KEY (site_id, comment_id) REFERENCES comments (site_id, id) ON DELETE CASCADE,
    CONSTRAINT handovers_action_known CHECK (action IN ('escalate', 'hand_back', 'propose', 'disagree', 'withdraw')),
    CONSTRAINT handovers_proposal_whole
        CHECK ((action = 'propose') = (to_status IS NOT NULL) AND (action = 'propose') = (from_status IS NOT NULL)),
    CONSTRAINT handovers_status_known CHECK (to_status IN ('published', 'held', 'rejected')),
    CONSTRAINT handovers_words_length CHECK (length(words) <= 2000 AND length(note) <= 2000)
);
CREATE INDEX handovers_comment ON handovers (site_id, comment_id, id);
CREATE INDEX handovers_time ON handovers (site_id, created_at, id);

ALTER TABLE queue ADD COLUMN stage text NOT NULL DEFAULT 'first';
ALTER TABLE queue ADD COLUMN handover_id bigint;
ALTER TABLE queue ADD CONSTRAINT queue_stage_known CHECK (stage IN ('first', 'second', 'lead'));
ALTER TABLE queue ADD CONSTRAINT queue_stage_whole CHECK ((stage = 'first') = (handover_id IS NULL));
DROP INDEX queue_review;
DROP INDEX queue_review_age;
DROP INDEX queue_reported;
DROP INDEX queue_unscored;
DROP INDEX queue_new_readers;
CREATE INDEX queue_review ON queue (site_id, urgency DESC, id) WHERE lane = 'review' AND stage <> 'lead';
CREATE INDEX queue_review_age ON queue (site_id, id) WHERE lane = 'review' AND stage <> 'lead';
CREATE INDEX queue_reported ON queue (site_id, urgency DESC, id)
    WHERE lane = 'review' AND stage <> 'lead' AND reasons @> '[{"code": "reported"}]';
CREATE INDEX queue_unscored ON queue (site_id, urgency DESC, id)
    WHERE lane = 'review' AND stage <> 'lead' AND reasons @> '[{"code": "unscored"}]';
CREATE INDEX queue_new_readers ON queue (site_id, urgency DESC, id)
    WHERE lane = 'review' AND stage <> 'lead' AND (reasons @> '[{"code": "new_reader"}]' OR reasons @> '[{"code": "link"}]');
CREATE INDEX queue_second ON queue (site_id, urgency DESC, id) WHERE lane = 'review' AND stage = 'second';
CREATE INDEX queue_escalated ON queue (site_id, urgency DESC, id) WHERE lane = 'review' AND stage = 'lead';

ALTER TABLE decisions ADD COLUMN handover_id bigint;

ALTER TABLE batches ALTER COLUMN reader_id DROP NOT NULL;
ALTER TABLE batches ALTER COLUMN reason DROP NOT NULL;
ALTER TABLE batches ADD COLUMN action text NOT NULL DEFAULT 'reject';
ALTER TABLE batches ADD COLUMN comment_ids bigint[];
ALTER TABLE batches ADD COLUMN revisions integer[];
ALTER TABLE batches ADD COLUMN statuses text[];
ALTER TABLE batches ADD COLUMN band jsonb;
ALTER TABLE batches ADD COLUMN overtaken integer NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN claimed integer NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN undone_at timestamptz;
ALTER TABLE batches ADD COLUMN undone_by bigint;
ALTER TABLE batches ADD CONSTRAINT batches_action_known CHECK (action IN ('publish', 'reject'));
ALTER TABLE batches ADD CONSTRAINT batches_reason_given CHECK ((action = 'reject') = (reason IS NOT NULL));
ALTER TABLE batches ADD CONSTRAINT batches_subject_known
    CHECK ((reader_id IS NULL) = (comment_ids IS NOT NULL)
           AND coalesce(cardinality(comment_ids) = cardinality(revisions)
                        AND cardinality(comment_ids) = cardinality(statuses), reader_id IS NOT NULL));
CREATE INDEX batches_time ON batches (site_id, created_at, id) WHERE reader_id IS NULL;

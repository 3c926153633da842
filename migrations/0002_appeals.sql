-- Appeals against decisions and sanctions, in the one queue.

-- What was laid on a reader, and what lifted it, append-only: all that changes a reader's sanction.
CREATE TABLE sanctions (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    reader_id bigint NOT NULL,
    from_sanction text NOT NULL,
    to_sanction text NOT NULL,
    -- Null: until it is lifted.
    until timestamptz,
    -- staff | system
    actor text NOT NULL,
    staff_id bigint,
    -- A code of moderation/reasons.py.
    reason text,
    -- For the reader, from whoever decided.
    note text,
    -- The one that this one takes back, and the appeal that it decides.
    undoes bigint,
    appeal_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sanctions_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT sanctions_reader_fkey FOREIGN KEY (site_id, reader_id)
        REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT sanctions_actor_known CHECK (actor IN ('staff', 'system')),
    CONSTRAINT sanctions_sanction_known CHECK (to_sanction IN ('none', 'premoderated', 'suspended', 'banned'))
);
CREATE INDEX sanctions_reader ON sanctions (site_id, reader_id, id);
CREATE INDEX sanctions_time ON sanctions (site_id, created_at, id);

-- Somebody thinks that a decision on a comment, or a sanction, is wrong: one appeal each, judged by somebody else.
CREATE TABLE appeals (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    -- Whose comment or sanction it is.
    reader_id bigint NOT NULL,
    -- What it is about: a decision on a comment, or a sanction.
    comment_id bigint,
    decision_id bigint,
    sanction_id bigint,
    -- What the reader wrote; null as long as only a colleague has appealed.
    body text,
    idempotency_key text,
    -- A colleague who disagrees, and why; null for a reader's own.
    opened_by bigint,
    dissent text,
    -- Who had a part in what is appealed: they neither claim nor judge it.
    barred bigint[] NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'open',
    judge_id bigint,
    -- The row of decisions, or of sanctions, that decided it.
    outcome_id bigint,
    decided_at timestamptz,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT appeals_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT appeals_decision_unique UNIQUE (site_id, decision_id),
    CONSTRAINT appeals_sanction_unique UNIQUE (site_id, sanction_id),
    CONSTRAINT appeals_idempotency_unique UNIQUE (site_id, reader_id, idempotency_key),
    CONSTRAINT appeals_reader_fkey FOREIGN KEY (site_id, reader_id)
        REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT appeals_comment_fkey FOREIGN KEY (site_id, comment_id) REFERENCES comments (site_id, id),
    CONSTRAINT appeals_sanction_fkey FOREIGN KEY (site_id, sanction_id)
        REFERENCES sanctions (site_id, id) ON DELETE CASCADE,
    CONSTRAINT appeals_state_known CHECK (state IN ('open', 'overturned', 'upheld', 'withdrawn')),
    CONSTRAINT appeals_one_subject CHECK ((decision_id IS NULL) = (comment_id IS NULL)
                                          AND (decision_id IS NULL) = (sanction_id IS NOT NULL)),
    CONSTRAINT appeals_body_length CHECK (length(body) <= 4000 AND length(dissent) <= 4000),
    -- Nobody judges an appeal against himself, whatever a program forgets to ask.
    CONSTRAINT appeals_impartial CHECK (judge_id <> ALL (barred))
);
CREATE UNIQUE INDEX appeals_one_open ON appeals (site_id, comment_id) WHERE state = 'open';
CREATE INDEX appeals_comment ON appeals (site_id, comment_id, id);
CREATE INDEX appeals_due ON appeals (site_id, due_at, id) WHERE state = 'open';
CREATE INDEX appeals_time ON appeals (site_id, created_at, id);

ALTER TABLE queue ALTER COLUMN comment_id DROP NOT NULL;
ALTER TABLE queue ADD COLUMN appeal_id bigint;
ALTER TABLE queue DROP CONSTRAINT queue_lane_known;
ALTER TABLE queue
    ADD CONSTRAINT queue_appeal_fkey FOREIGN KEY (site_id, appeal_id) REFERENCES appeals (site_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT queue_lane_known CHECK (lane IN ('score', 'review', 'appeal')),
    ADD CONSTRAINT queue_subject_known
        CHECK ((lane = 'appeal') = (appeal_id IS NOT NULL) AND (lane = 'appeal') = (comment_id IS NULL));
CREATE UNIQUE INDEX queue_appeal ON queue (site_id, appeal_id) WHERE lane = 'appeal';

ALTER TABLE decisions ADD COLUMN appeal_id bigint;

ALTER TABLE tickets ADD COLUMN appeal_id bigint;
ALTER TABLE tickets
    ADD CONSTRAINT tickets_appeal_fkey FOREIGN KEY (site_id, appeal_id) REFERENCES appeals (site_id, id);
CREATE INDEX tickets_appeal ON tickets (site_id, appeal_id) WHERE appeal_id IS NOT NULL;

-- Who laid on what is in force now was not written down.
INSERT INTO sanctions (site_id, reader_id, from_sanction, to_sanction, until, actor)
SELECT site_id, id, 'none', sanction, sanctioned_until, 'system' FROM readers WHERE sanction <> 'none';

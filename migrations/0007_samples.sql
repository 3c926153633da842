-- Decisions that are judged a second time, blind, to know how good the first judgement was.
CREATE TABLE samples (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    decision_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    revision integer NOT NULL,
    -- machine_published | machine_rejected | staff: what was drawn from.
    stratum text NOT NULL,
    -- ISO 639-1, as far as a few words can tell.
    language text,
    drawn_at timestamptz NOT NULL DEFAULT now(),
    claimed_by bigint,
    claimed_until timestamptz,
    judged_by bigint,
    judged_at timestamptz,
    -- published | rejected | unsure: what it should be.
    verdict text,
    CONSTRAINT samples_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT samples_decision_unique UNIQUE (site_id, decision_id),
    CONSTRAINT samples_decision_fkey FOREIGN KEY (site_id, decision_id) REFERENCES decisions (site_id, id),
    CONSTRAINT samples_comment_fkey FOREIGN KEY (site_id, comment_id) REFERENCES comments (site_id, id)
        ON DELETE CASCADE,
    CONSTRAINT samples_stratum_known CHECK (stratum IN ('machine_published', 'machine_rejected', 'staff')),
    CONSTRAINT samples_verdict_known CHECK (verdict IN ('published', 'rejected', 'unsure')),
    CONSTRAINT samples_judged_whole CHECK ((verdict IS NULL) = (judged_at IS NULL))
);
CREATE INDEX samples_open ON samples (site_id, id) WHERE verdict IS NULL;
CREATE INDEX samples_judged ON samples (site_id, judged_at) WHERE verdict IS NOT NULL;

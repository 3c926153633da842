-- The review queue in the order of severity x reach x reporters x age, and seen from several sides.
ALTER TABLE queue ADD COLUMN reach real NOT NULL DEFAULT 1;
ALTER TABLE queue ADD COLUMN reporters real NOT NULL DEFAULT 1;
ALTER TABLE queue ADD COLUMN urgency double precision NOT NULL GENERATED ALWAYS AS (
    ln(greatest(priority, 0.1)::double precision * reach * reporters) / ln(2::double precision)
    - extract(epoch FROM queued_at - timestamptz '2020-01-01 00:00:00+00')::double precision / 21600) STORED;
DROP INDEX queue_review;
CREATE INDEX queue_review ON queue (site_id, urgency DESC, id) WHERE lane = 'review';
CREATE INDEX queue_review_age ON queue (site_id, id) WHERE lane = 'review';
CREATE INDEX queue_reported ON queue (site_id, urgency DESC, id)
    WHERE lane = 'review' AND reasons @> '[{"code": "reported"}]';
CREATE INDEX queue_unscored ON queue (site_id, urgency DESC, id)
    WHERE lane = 'review' AND reasons @> '[{"code": "unscored"}]';
CREATE INDEX queue_new_readers ON queue (site_id, urgency DESC, id)
    WHERE lane = 'review' AND (reasons @> '[{"code": "new_reader"}]' OR reasons @> '[{"code": "link"}]');
CREATE INDEX reports_record ON reports (site_id, reader_id, id) WHERE settled_by IS NOT NULL;

-- Search over all comments.
CREATE INDEX readers_skeleton ON readers (site_id, name_skeleton);
CREATE INDEX comments_by_time ON comments (site_id, created_at, id);
CREATE INDEX comments_by_article ON comments (site_id, article_id, created_at, id);
CREATE INDEX comments_by_status ON comments (site_id, status, created_at, id) WHERE status <> 'published';
ALTER TABLE revisions ADD COLUMN lexemes tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, body)) STORED;
CREATE INDEX revisions_lexemes ON revisions USING gin (lexemes) WITH (gin_pending_list_limit = 512);
ALTER TABLE scores ADD COLUMN toxicity real GENERATED ALWAYS AS ((labels ->> 'toxicity')::real) STORED;
CREATE INDEX scores_toxicity ON scores (site_id, toxicity, comment_id);

-- What somebody on the staff looks at again and again.
CREATE TABLE saved_filters (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    staff_id bigint NOT NULL,
    name text NOT NULL,
    place text NOT NULL,
    query jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_filters_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT saved_filters_name_unique UNIQUE (site_id, staff_id, name),
    CONSTRAINT saved_filters_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT saved_filters_staff_fkey FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE CASCADE,
    CONSTRAINT saved_filters_place_known CHECK (place IN ('queue', 'search'))
);

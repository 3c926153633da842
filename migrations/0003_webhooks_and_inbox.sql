-- Webhooks that are sent: a secret can be changed, a receiver that is gone is left alone, and both are told.
ALTER TABLE webhooks
    ADD COLUMN former_secret text,
    ADD COLUMN former_until timestamptz,
    ADD COLUMN disabled_why text,
    ADD COLUMN delivered_at timestamptz;

-- What staff write again and again to readers, with places to be filled in.
CREATE TABLE saved_answers (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    title text NOT NULL,
    body text NOT NULL,
    updated_by bigint,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_answers_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT saved_answers_title_unique UNIQUE (site_id, title),
    CONSTRAINT saved_answers_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);

-- The log's lines of calls that did not succeed, for a few days: a ticket names one by its request's id.
CREATE TABLE failed_requests (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    request_id text NOT NULL,
    route text NOT NULL,
    status integer NOT NULL,
    code text,
    error text,
    milliseconds double precision NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT failed_requests_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT failed_requests_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);
CREATE INDEX failed_requests_by_id ON failed_requests (site_id, request_id);
CREATE INDEX failed_requests_age ON failed_requests (at);

ALTER TABLE site_faults
    ADD COLUMN mended_at timestamptz,
    ADD COLUMN mended_by bigint;

CREATE INDEX tickets_words ON tickets USING gin (to_tsvector('simple'::regconfig, message));
CREATE INDEX tickets_time ON tickets (site_id, created_at);
CREATE INDEX outbox_gave_up ON outbox (gave_up_at) WHERE gave_up_at IS NOT NULL;

ALTER TABLE staff_events DROP CONSTRAINT staff_events_action_known;
ALTER TABLE staff_events ADD CONSTRAINT staff_events_action_known
    CHECK (action IN ('session.sign_in', 'session.sign_out', 'record.export', 'article.mode', 'answers.save',
                      'answers.delete', 'fault.mend', 'incident.resolve'));

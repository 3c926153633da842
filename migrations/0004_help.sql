-- The whole life of a ticket, incidents, and mail through the outbox.

-- Many tickets with one cause, in a short time: something is broken for everybody. One is open per cause and error.
CREATE TABLE incidents (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    cause text NOT NULL,
    -- The error's code that the tickets have in common; empty for none.
    code text NOT NULL DEFAULT '',
    opened_at timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    resolved_by bigint,
    -- What everybody linked was told.
    answer text,
    CONSTRAINT incidents_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT incidents_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX incidents_one_open ON incidents (site_id, cause, code) WHERE resolved_at IS NULL;

ALTER TABLE tickets
    DROP CONSTRAINT tickets_state_known,
    ADD CONSTRAINT tickets_state_known CHECK (state IN (
        'received', 'diagnosed', 'self_solved', 'open', 'waiting_reader', 'in_progress', 'resolved', 'closed',
        'merged', 'linked', 'handed_over', 'spam')),
    ADD COLUMN cause text,
    ADD COLUMN fingerprint text,
    ADD COLUMN client_hash text,
    ADD COLUMN resolved_at timestamptz,
    ADD COLUMN merged_into bigint,
    ADD COLUMN incident_id bigint,
    ADD CONSTRAINT tickets_merged_fkey FOREIGN KEY (site_id, merged_into) REFERENCES tickets (site_id, id),
    ADD CONSTRAINT tickets_incident_fkey FOREIGN KEY (site_id, incident_id) REFERENCES incidents (site_id, id);
CREATE INDEX tickets_by_cause ON tickets (site_id, cause, created_at);
CREATE INDEX tickets_incident ON tickets (site_id, incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX tickets_resolved ON tickets (resolved_at) WHERE state IN ('resolved', 'self_solved');

ALTER TABLE outbox
    ALTER COLUMN webhook_id DROP NOT NULL,
    ADD COLUMN error text,
    ADD COLUMN gave_up_at timestamptz;
CREATE INDEX outbox_mail ON outbox (site_id, subject, id) WHERE webhook_id IS NULL;

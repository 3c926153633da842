-- The record of what staff did is read from the logs themselves, in the order of time.
CREATE INDEX decisions_by_staff ON decisions (site_id, created_at, id) WHERE actor = 'staff';
CREATE INDEX decisions_restrictions ON decisions (site_id, created_at, id) WHERE to_status <> 'published';
CREATE INDEX ticket_messages_time ON ticket_messages (site_id, created_at, id);
CREATE INDEX ticket_steps_time ON ticket_steps (site_id, created_at, id);

-- What staff do that no other log has.
CREATE TABLE staff_events (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    staff_id bigint NOT NULL,
    action text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT staff_events_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT staff_events_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT staff_events_action_known CHECK (action IN ('session.sign_in', 'session.sign_out', 'record.export'))
);

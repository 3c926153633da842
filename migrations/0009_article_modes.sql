-- Changing an article's mode is an act that the record has.
ALTER TABLE staff_events
    DROP CONSTRAINT staff_events_action_known,
    ADD CONSTRAINT staff_events_action_known
        CHECK (action IN ('session.sign_in', 'session.sign_out', 'record.export', 'article.mode'));

-- Warnings, strikes, hints and removals for readers; second factors, passkeys, links and listed sessions for staff.

ALTER TABLE sites
    ADD COLUMN strikes integer NOT NULL DEFAULT 3,
    ADD COLUMN strike_days integer NOT NULL DEFAULT 90,
    ADD COLUMN second_factor boolean NOT NULL DEFAULT false;
ALTER TABLE sites ADD CONSTRAINT sites_strikes_sane CHECK (strikes BETWEEN 1 AND 100 AND strike_days BETWEEN 1 AND 730);

ALTER TABLE sanctions ADD COLUMN idempotency_key text;
ALTER TABLE sanctions ADD CONSTRAINT sanctions_idempotency_unique UNIQUE (site_id, staff_id, idempotency_key);

CREATE TABLE warnings (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    reader_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    reason text NOT NULL,
    words text,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    acknowledged_at timestamptz,
    withdrawn_at timestamptz,
    withdrawn_by bigint,
    CONSTRAINT warnings_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT warnings_idempotency_unique UNIQUE (site_id, staff_id, idempotency_key),
    CONSTRAINT warnings_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);
CREATE INDEX warnings_reader ON warnings (site_id, reader_id, id);
CREATE INDEX warnings_unread ON warnings (site_id, reader_id, id) WHERE acknowledged_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX warnings_time ON warnings (site_id, created_at, id);

CREATE TABLE reader_marks (
    site_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    kind text NOT NULL,
    mark text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reader_marks_pkey PRIMARY KEY (site_id, reader_id, kind, mark),
    CONSTRAINT reader_marks_reader_fkey FOREIGN KEY (site_id, reader_id)
        REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT reader_marks_kind_known CHECK (kind IN ('network', 'mail'))
);
CREATE INDEX reader_marks_shared ON reader_marks (site_id, kind, mark);
CREATE INDEX reader_marks_age ON reader_marks (seen_at) WHERE kind = 'network';

CREATE TABLE batches (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    staff_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    reason text NOT NULL,
    note text,
    state text NOT NULL DEFAULT 'doing',
    total integer NOT NULL,
    decided integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    taken_back integer NOT NULL DEFAULT 0,
    reached bigint NOT NULL,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT batches_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT batches_idempotency_unique UNIQUE (site_id, staff_id, idempotency_key),
    CONSTRAINT batches_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT batches_state_known CHECK (state IN ('doing', 'done', 'undoing', 'undone'))
);
CREATE INDEX batches_reader ON batches (site_id, reader_id, id);

ALTER TABLE decisions ADD COLUMN batch_id bigint;
CREATE INDEX decisions_batch ON decisions (site_id, batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX comments_reader_rejected ON comments (site_id, reader_id, id) WHERE status = 'rejected';

ALTER TABLE staff
    ADD COLUMN totp_secret text,
    ADD COLUMN totp_since timestamptz,
    ADD COLUMN totp_step bigint NOT NULL DEFAULT 0;

ALTER TABLE staff_roles ADD COLUMN disabled_at timestamptz;

ALTER TABLE staff_sessions
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN browser text NOT NULL DEFAULT '',
    ADD COLUMN strong boolean NOT NULL DEFAULT false,
    ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE staff_sessions ADD CONSTRAINT staff_sessions_id_unique UNIQUE (id);
CREATE INDEX staff_sessions_staff ON staff_sessions (staff_id, id);

CREATE TABLE staff_recovery_codes (
    staff_id bigint NOT NULL,
    code_hash bytea NOT NULL,
    CONSTRAINT staff_recovery_codes_pkey PRIMARY KEY (staff_id, code_hash),
    CONSTRAINT staff_recovery_codes_staff_fkey FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE CASCADE
);

CREATE TABLE staff_passkeys (
    id bigint GENERATED ALWAYS AS IDENTITY,
    staff_id bigint NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    CONSTRAINT staff_passkeys_pkey PRIMARY KEY (id),
    CONSTRAINT staff_passkeys_credential_unique UNIQUE (credential_id),
    CONSTRAINT staff_passkeys_staff_fkey FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE CASCADE
);
CREATE INDEX staff_passkeys_staff ON staff_passkeys (staff_id, id);

CREATE TABLE staff_challenges (
    challenge bytea NOT NULL,
    staff_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT staff_challenges_pkey PRIMARY KEY (challenge),
    CONSTRAINT staff_challenges_staff_fkey FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE CASCADE
);
CREATE INDEX staff_challenges_age ON staff_challenges (created_at);

CREATE TABLE staff_links (
    id bigint GENERATED ALWAYS AS IDENTITY,
    token_hash bytea NOT NULL,
    kind text NOT NULL,
    site_id bigint NOT NULL,
    email text NOT NULL,
    role text,
    staff_id bigint,
    created_by bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT staff_links_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT staff_links_token_unique UNIQUE (token_hash),
    CONSTRAINT staff_links_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT staff_links_staff_fkey FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE CASCADE,
    CONSTRAINT staff_links_kind_known CHECK (kind IN ('invitation', 'reset')),
    CONSTRAINT staff_links_role_known CHECK (role IN ('moderator', 'lead', 'admin', 'auditor')),
    CONSTRAINT staff_links_kind_whole
        CHECK ((kind = 'invitation') = (role IS NOT NULL) AND (kind = 'reset') = (staff_id IS NOT NULL))
);
CREATE INDEX staff_links_site ON staff_links (site_id, id) WHERE kind = 'invitation' AND used_at IS NULL;
CREATE INDEX staff_links_age ON staff_links (expires_at);

ALTER TABLE staff_events DROP CONSTRAINT staff_events_action_known;
ALTER TABLE staff_events ADD CONSTRAINT staff_events_action_known
    CHECK (action IN ('session.sign_in', 'session.sign_out', 'record.export', 'article.mode', 'answers.save',
                      'answers.delete', 'fault.mend', 'incident.resolve', 'session.revoke', 'account.password',
                      'account.reset', 'account.totp_on', 'account.totp_off', 'account.recovery_code',
                      'account.passkey_add', 'account.passkey_remove', 'staff.invite', 'staff.uninvite', 'staff.join',
                      'staff.role', 'staff.disable', 'staff.enable', 'staff.remove', 'staff.reset', 'site.people',
                      'reader.remove_comments', 'reader.restore_comments'));

-- Pinned and featured comments, badges, muting, following by mail, nudges, the way a site votes, notices without an account.

ALTER TABLE sites
    ADD COLUMN voting text NOT NULL DEFAULT 'both',
    ADD COLUMN nudges boolean NOT NULL DEFAULT true;
ALTER TABLE sites ADD CONSTRAINT sites_voting_known CHECK (voting IN ('both', 'up', 'off'));

ALTER TABLE readers ADD COLUMN badge text;
ALTER TABLE readers ADD CONSTRAINT readers_badge_length CHECK (length(badge) BETWEEN 1 AND 30);

ALTER TABLE comments
    ADD COLUMN pinned_at timestamptz,
    ADD COLUMN featured_at timestamptz,
    ADD COLUMN nudge text;
ALTER TABLE comments ADD CONSTRAINT comments_nudge_known CHECK (nudge IN ('wanted', 'asked', 'rephrased', 'sent'));
CREATE INDEX comments_pinned ON comments (site_id, article_id, pinned_at) WHERE pinned_at IS NOT NULL;
CREATE INDEX comments_featured ON comments (site_id, article_id, id) WHERE featured_at IS NOT NULL;
CREATE INDEX comments_nudged ON comments (site_id, created_at) WHERE nudge IN ('asked', 'rephrased', 'sent');

CREATE TABLE distinctions (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    staff_id bigint NOT NULL,
    action text NOT NULL,
    comment_id bigint,
    reader_id bigint,
    badge text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT distinctions_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT distinctions_comment_fkey FOREIGN KEY (site_id, comment_id)
        REFERENCES comments (site_id, id) ON DELETE CASCADE,
    CONSTRAINT distinctions_reader_fkey FOREIGN KEY (site_id, reader_id)
        REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT distinctions_action_known CHECK (action IN ('pin', 'unpin', 'feature', 'unfeature', 'badge')),
    CONSTRAINT distinctions_somebodys
        CHECK ((action = 'badge') = (reader_id IS NOT NULL) AND num_nonnulls(comment_id, reader_id) = 1)
);
CREATE INDEX distinctions_time ON distinctions (site_id, created_at, id);

CREATE TABLE mutes (
    site_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    muted_id bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mutes_pkey PRIMARY KEY (site_id, reader_id, muted_id),
    CONSTRAINT mutes_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT mutes_muted_fkey FOREIGN KEY (site_id, muted_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);

CREATE TABLE mailboxes (
    site_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    email text NOT NULL,
    replies boolean NOT NULL DEFAULT true,
    asked_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    mailed_at timestamptz,
    CONSTRAINT mailboxes_pkey PRIMARY KEY (site_id, reader_id),
    CONSTRAINT mailboxes_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);

CREATE TABLE follows (
    site_id bigint NOT NULL,
    article_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT follows_pkey PRIMARY KEY (site_id, article_id, reader_id),
    CONSTRAINT follows_article_fkey FOREIGN KEY (site_id, article_id) REFERENCES articles (site_id, id) ON DELETE CASCADE,
    CONSTRAINT follows_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);
CREATE INDEX follows_reader ON follows (site_id, reader_id);

CREATE TABLE notices (
    site_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    kind text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notices_pkey PRIMARY KEY (site_id, reader_id, comment_id),
    CONSTRAINT notices_mailbox_fkey FOREIGN KEY (site_id, reader_id)
        REFERENCES mailboxes (site_id, reader_id) ON DELETE CASCADE,
    CONSTRAINT notices_comment_fkey FOREIGN KEY (site_id, comment_id) REFERENCES comments (site_id, id) ON DELETE CASCADE,
    CONSTRAINT notices_kind_known CHECK (kind IN ('reply', 'thread'))
);

ALTER TABLE reports ALTER COLUMN reader_id DROP NOT NULL, ADD COLUMN ticket_id bigint;
ALTER TABLE reports ADD CONSTRAINT reports_ticket_fkey FOREIGN KEY (site_id, ticket_id)
    REFERENCES tickets (site_id, id) ON DELETE CASCADE;
ALTER TABLE reports ADD CONSTRAINT reports_somebodys CHECK (num_nonnulls(reader_id, ticket_id) = 1);

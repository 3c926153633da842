-- Parley's whole database: the source of truth. migrations/ holds the steps that lead here, and
-- tests/store/test_migrations.py proves that they arrive at exactly this, names included.
--
-- Rules: every table that belongs to a site carries site_id first in its primary key and in every foreign key, so
-- tenants cannot touch and the schema shards by site. No extension, no trigger. Times come from the database's clock.

-- Which steps of migrations/ have been taken.
CREATE TABLE schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT schema_migrations_pkey PRIMARY KEY (version)
);

-- One publisher's site. `key` is what pages name in data-site.
CREATE TABLE sites (
    id bigint GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL,
    name text NOT NULL,
    -- Exact origins (scheme://host[:port]) whose pages may write.
    origins text[] NOT NULL DEFAULT '{}',
    guests_allowed boolean NOT NULL DEFAULT true,
    -- Readers may sign in by a link in a mail, where mail can be sent.
    mail_sign_in boolean NOT NULL DEFAULT true,
    edit_window interval NOT NULL DEFAULT '15 minutes',
    -- Readers vote up and down, up only (one reaction), or not at all.
    voting text NOT NULL DEFAULT 'both',
    -- Who writes something that would be held for its tone is asked once to put it differently.
    nudges boolean NOT NULL DEFAULT true,
    -- So many rejections by people within so many days suggest a sanction; nothing is laid on anybody by counting.
    strikes integer NOT NULL DEFAULT 3,
    strike_days integer NOT NULL DEFAULT 90,
    -- Staff need a second factor here: without one their role does not count.
    second_factor boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sites_pkey PRIMARY KEY (id),
    CONSTRAINT sites_key_unique UNIQUE (key),
    CONSTRAINT sites_voting_known CHECK (voting IN ('both', 'up', 'off')),
    CONSTRAINT sites_strikes_sane CHECK (strikes BETWEEN 1 AND 100 AND strike_days BETWEEN 1 AND 730),
    CONSTRAINT sites_key_format CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,62}$')
);

-- Keys that sign access tokens and forms; all processes read them here, so that none needs configuring.
CREATE TABLE signing_keys (
    id bigint GENERATED ALWAYS AS IDENTITY,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT signing_keys_pkey PRIMARY KEY (id)
);

-- How a site judges. Every version is kept; one is active.
CREATE TABLE policies (
    site_id bigint NOT NULL,
    version integer NOT NULL,
    document jsonb NOT NULL,
    active boolean NOT NULL DEFAULT false,
    note text NOT NULL DEFAULT '',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT policies_pkey PRIMARY KEY (site_id, version),
    CONSTRAINT policies_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX policies_one_active ON policies (site_id) WHERE active;

-- A page that carries a thread. `version` moves by one with every visible change: it numbers the article's events.
CREATE TABLE articles (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL,
    url text,
    title text,
    mode text NOT NULL DEFAULT 'post',
    version bigint NOT NULL DEFAULT 0,
    -- Published comments.
    comment_count integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT articles_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT articles_key_unique UNIQUE (site_id, key),
    CONSTRAINT articles_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT articles_mode_known CHECK (mode IN ('post', 'pre', 'closed')),
    CONSTRAINT articles_key_length CHECK (length(key) BETWEEN 1 AND 512)
);

-- Somebody who comments. Staff have accounts of their own (see staff).
CREATE TABLE readers (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    -- Who it is by the way in: sso:{id with the publisher}, mail:{address}, oidc:{issuer} {id there}; null for guests.
    external_id text,
    email text,
    -- Where the publisher says that a portrait is; we keep a copy of our own (portraits).
    avatar_url text,
    -- The account was erased: nobody comes back to it.
    erased_at timestamptz,
    name text NOT NULL,
    -- The name with look-alike characters folded: compared against staff names.
    name_skeleton text NOT NULL,
    -- none | premoderated | suspended | banned, until sanctioned_until (null: until lifted).
    sanction text NOT NULL DEFAULT 'none',
    sanctioned_until timestamptz,
    -- Shown beside the name: staff, moderator, author, or the site's own word; set by staff or by single sign-on.
    badge text,
    -- The digest of the portrait, if there is one.
    portrait text,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT readers_badge_length CHECK (length(badge) BETWEEN 1 AND 30),
    CONSTRAINT readers_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT readers_external_unique UNIQUE (site_id, external_id),
    CONSTRAINT readers_idempotency_unique UNIQUE (site_id, idempotency_key),
    CONSTRAINT readers_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT readers_sanction_known CHECK (sanction IN ('none', 'premoderated', 'suspended', 'banned'))
);
-- Names that look alike are found together.
CREATE INDEX readers_skeleton ON readers (site_id, name_skeleton);

-- A reader's browser. The refresh token rotates: only the hash of the newest one opens the session. All that were ever given
-- out name their family, so that a second use of an old one (theft) ends it; the one before the newest may follow a lost answer.
CREATE TABLE sessions (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    reader_id bigint NOT NULL,
    family uuid NOT NULL DEFAULT gen_random_uuid(),
    token_hash bytea NOT NULL,
    previous_hash bytea,
    rotated_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sessions_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT sessions_family_unique UNIQUE (site_id, family),
    CONSTRAINT sessions_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_reader ON sessions (site_id, reader_id);

-- What a publisher's own sign-in looks like: who issues its tokens, and for whom. With an address, its keys come from there.
CREATE TABLE sso_issuers (
    site_id bigint NOT NULL,
    issuer text NOT NULL,
    audience text NOT NULL,
    jwks_url text,
    -- What the address gave when it was last asked with success, and when it was last asked at all.
    jwks jsonb,
    jwks_fetched_at timestamptz,
    jwks_asked_at timestamptz,
    jwks_error text,
    CONSTRAINT sso_issuers_pkey PRIMARY KEY (site_id),
    CONSTRAINT sso_issuers_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);

-- Keys that a publisher gave us: a secret (HS256), or a public key. Each is good for one algorithm.
CREATE TABLE sso_keys (
    site_id bigint NOT NULL,
    kid text NOT NULL,
    algorithm text NOT NULL,
    -- As a JWK (RFC 7517).
    jwk jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sso_keys_pkey PRIMARY KEY (site_id, kid),
    CONSTRAINT sso_keys_issuer_fkey FOREIGN KEY (site_id) REFERENCES sso_issuers (site_id) ON DELETE CASCADE,
    CONSTRAINT sso_keys_algorithm_known CHECK (algorithm IN ('HS256', 'RS256', 'ES256', 'EdDSA'))
);

-- An OpenID provider that a site's readers may sign in with.
CREATE TABLE oidc_clients (
    site_id bigint NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    client_secret text,
    -- What the button says.
    label text NOT NULL,
    CONSTRAINT oidc_clients_pkey PRIMARY KEY (site_id),
    CONSTRAINT oidc_clients_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);

-- Somebody is signing in, in a window of ours that a widget opened. The widget waits with a secret of its own; when it is known
-- who they are, the window gives it a code, and both together open a session, once.
CREATE TABLE sign_ins (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    -- The window's address.
    ticket_hash bytea NOT NULL,
    -- What the widget keeps, and what the window gives it at the end.
    secret_hash bytea NOT NULL,
    code_hash bytea,
    -- The browser that opened the window first: nobody else's may go on in it.
    browser_hash bytea,
    -- The page to go back to, on an origin of the site.
    return_to text NOT NULL,
    -- A guest who signs in: what waits under that name moves to the account.
    guest_id bigint,
    -- By mail: the address, the link, and the number that the window shows and that the link's page asks for.
    email text,
    link_hash bytea,
    number smallint,
    mails smallint NOT NULL DEFAULT 0,
    confirmed_at timestamptz,
    -- At an OpenID provider.
    state_hash bytea,
    nonce text,
    verifier text,
    -- Whom it was found to be: as in readers.external_id, with the name that came along, if any.
    external_id text,
    name text,
    reader_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '30 minutes',
    ended_at timestamptz,
    CONSTRAINT sign_ins_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT sign_ins_ticket_unique UNIQUE (site_id, ticket_hash),
    CONSTRAINT sign_ins_link_unique UNIQUE (site_id, link_hash),
    CONSTRAINT sign_ins_state_unique UNIQUE (site_id, state_hash),
    CONSTRAINT sign_ins_secret_unique UNIQUE (site_id, secret_hash),
    CONSTRAINT sign_ins_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT sign_ins_guest_fkey FOREIGN KEY (site_id, guest_id) REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT sign_ins_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);
CREATE INDEX sign_ins_age ON sign_ins (expires_at);

-- Opens the account's own page, once.
CREATE TABLE account_links (
    site_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    reader_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT account_links_pkey PRIMARY KEY (site_id, token_hash),
    CONSTRAINT account_links_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);

-- A reader's portrait, as we give it out: nobody's browser asks anybody else for it.
CREATE TABLE portraits (
    site_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    source_url text NOT NULL,
    media_type text NOT NULL,
    body bytea NOT NULL,
    -- Names it in its address, so that it may be kept for ever.
    digest text NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT portraits_pkey PRIMARY KEY (site_id, reader_id),
    CONSTRAINT portraits_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT portraits_size CHECK (length(body) <= 262144)
);
CREATE INDEX portraits_digest ON portraits (site_id, digest);

-- A comment as it stands. `body` and `html` are what is shown (of shown_revision); `revision` is the newest text,
-- which may still be waiting for a decision while the one before it stays up.
CREATE TABLE comments (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    article_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    parent_id bigint,
    -- The comment at the top of this one's thread; null for a root.
    root_id bigint,
    -- From the root down to the parent; empty for a root.
    ancestors bigint[] NOT NULL DEFAULT '{}',
    depth smallint NOT NULL GENERATED ALWAYS AS (cardinality(ancestors)) STORED,
    body text NOT NULL,
    html text NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    shown_revision integer NOT NULL DEFAULT 1,
    status text NOT NULL DEFAULT 'pending',
    up integer NOT NULL DEFAULT 0,
    down integer NOT NULL DEFAULT 0,
    score integer NOT NULL GENERATED ALWAYS AS (up - down) STORED,
    -- Published comments anywhere below this one.
    reply_count integer NOT NULL DEFAULT 0,
    -- Shown in the thread, if only as a tombstone that holds its replies together.
    listed boolean NOT NULL GENERATED ALWAYS AS (status = 'published' OR reply_count > 0) STORED,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz,
    published_at timestamptz,
    -- Set apart by staff: pinned ones stand first in their thread, featured ones can be read alone.
    pinned_at timestamptz,
    featured_at timestamptz,
    -- Its author wanted to be asked about its tone, was asked, and put it differently or had it sent to people as it was.
    nudge text,
    CONSTRAINT comments_nudge_known CHECK (nudge IN ('wanted', 'asked', 'rephrased', 'sent')),
    CONSTRAINT comments_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT comments_article_fkey FOREIGN KEY (site_id, article_id) REFERENCES articles (site_id, id),
    CONSTRAINT comments_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id),
    CONSTRAINT comments_parent_fkey FOREIGN KEY (site_id, parent_id) REFERENCES comments (site_id, id),
    CONSTRAINT comments_status_known
        CHECK (status IN ('pending', 'published', 'held', 'rejected', 'deleted', 'erased')),
    CONSTRAINT comments_body_length CHECK (length(body) <= 20000)
);
-- A thread's pages: one index per sort order, all of them over listed roots only.
CREATE INDEX comments_roots_by_time ON comments (site_id, article_id, id) WHERE parent_id IS NULL AND listed;
CREATE INDEX comments_roots_by_score ON comments (site_id, article_id, score, id) WHERE parent_id IS NULL AND listed;
CREATE INDEX comments_roots_by_replies ON comments (site_id, article_id, reply_count, id)
    WHERE parent_id IS NULL AND listed;
CREATE INDEX comments_replies ON comments (site_id, root_id, id) WHERE parent_id IS NOT NULL AND listed;
CREATE INDEX comments_pinned ON comments (site_id, article_id, pinned_at) WHERE pinned_at IS NOT NULL;
CREATE INDEX comments_featured ON comments (site_id, article_id, id) WHERE featured_at IS NOT NULL;
CREATE INDEX comments_nudged ON comments (site_id, created_at) WHERE nudge IN ('asked', 'rephrased', 'sent');
-- A reader's own comments, the record that the policy looks at, repeats of the same text.
CREATE INDEX comments_reader ON comments (site_id, reader_id, id);
-- Strikes.
CREATE INDEX comments_reader_rejected ON comments (site_id, reader_id, id) WHERE status = 'rejected';
-- Search over all comments, newest first. What is up is most of them, and is found by time.
CREATE INDEX comments_by_time ON comments (site_id, created_at, id);
CREATE INDEX comments_by_article ON comments (site_id, article_id, created_at, id);
CREATE INDEX comments_by_status ON comments (site_id, status, created_at, id) WHERE status <> 'published';
CREATE UNIQUE INDEX comments_idempotency_unique ON comments (site_id, reader_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- Every text a comment has had. A row never changes, so that its words are indexed once, whatever becomes of the comment.
CREATE TABLE revisions (
    site_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    revision integer NOT NULL,
    body text NOT NULL,
    html text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    lexemes tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, body)) STORED,
    CONSTRAINT revisions_pkey PRIMARY KEY (site_id, comment_id, revision),
    CONSTRAINT revisions_comment_fkey FOREIGN KEY (site_id, comment_id) REFERENCES comments (site_id, id) ON DELETE CASCADE
);
-- A short pending list: whoever's post fills it waits for its merging, so it is merged often and a little at a time.
CREATE INDEX revisions_lexemes ON revisions USING gin (lexemes) WITH (gin_pending_list_limit = 512);

-- What a model said of one revision: a score of 0 to 1 per label.
CREATE TABLE scores (
    site_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    revision integer NOT NULL,
    model text NOT NULL,
    labels jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The words that raised it: label, start, end (code points of the body), weight. Null: not looked for yet.
    words jsonb,
    -- Judges nothing: of a model that is being tried out.
    shadow boolean NOT NULL DEFAULT false,
    -- Apart, to be searched by.
    toxicity real GENERATED ALWAYS AS ((labels ->> 'toxicity')::real) STORED,
    CONSTRAINT scores_pkey PRIMARY KEY (site_id, comment_id, revision, model),
    CONSTRAINT scores_revision_fkey FOREIGN KEY (site_id, comment_id, revision)
        REFERENCES revisions (site_id, comment_id, revision) ON DELETE CASCADE
);
CREATE INDEX scores_toxicity ON scores (site_id, toxicity, comment_id);

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
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sanctions_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT sanctions_idempotency_unique UNIQUE (site_id, staff_id, idempotency_key),
    CONSTRAINT sanctions_reader_fkey FOREIGN KEY (site_id, reader_id)
        REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT sanctions_actor_known CHECK (actor IN ('staff', 'system')),
    CONSTRAINT sanctions_sanction_known CHECK (to_sanction IN ('none', 'premoderated', 'suspended', 'banned'))
);
CREATE INDEX sanctions_reader ON sanctions (site_id, reader_id, id);
CREATE INDEX sanctions_time ON sanctions (site_id, created_at, id);

-- What a reader was told to mind. It restricts nothing once it has been read.
CREATE TABLE warnings (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    reader_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    reason text NOT NULL,
    -- To the reader, beside the reason.
    words text,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- When the reader said that they have read it: no comment of theirs is taken before.
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

-- By what readers may be told to be one person: hints for staff, never acted on alone. Networks go after thirty days.
CREATE TABLE reader_marks (
    site_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    kind text NOT NULL,
    -- A keyed hash: of the network (/24, /56), of the mail address without dots and +tags, or, kept of an erased account while
    -- its suspension or ban lasts, of the id and address by which its reader would come back.
    mark text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reader_marks_pkey PRIMARY KEY (site_id, reader_id, kind, mark),
    CONSTRAINT reader_marks_reader_fkey FOREIGN KEY (site_id, reader_id)
        REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT reader_marks_kind_known CHECK (kind IN ('network', 'mail', 'account'))
);
CREATE INDEX reader_marks_shared ON reader_marks (site_id, kind, mark);
CREATE INDEX reader_marks_age ON reader_marks (seen_at) WHERE kind = 'network';
CREATE INDEX reader_marks_account ON reader_marks (site_id, reader_id) WHERE kind = 'account';

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

-- What waits for judgement. The machine takes items of lane 'score', people those of 'review' and 'appeal', all the same way:
-- a claim moves ready_at to the end of the lease and adds an attempt; (id, attempts) fences whoever lost it.
-- Claimed across sites, so its own id leads.
CREATE TABLE queue (
    id bigint GENERATED ALWAYS AS IDENTITY,
    site_id bigint NOT NULL,
    -- Null in lane 'appeal', where appeal_id says what it is about.
    comment_id bigint,
    appeal_id bigint,
    lane text NOT NULL,
    reasons jsonb NOT NULL DEFAULT '[]',
    -- Higher is sooner. In lane 'review' how severe it looks, 0 to 10; what a person took back is above that.
    priority real NOT NULL DEFAULT 0,
    -- Not to be claimed before: now, the end of a lease, or the next try.
    ready_at timestamptz NOT NULL DEFAULT now(),
    claimed_by text,
    attempts integer NOT NULL DEFAULT 0,
    -- Attempts that were given back (no classifier, an edit): they do not count against the item.
    postponed integer NOT NULL DEFAULT 0,
    queued_at timestamptz NOT NULL DEFAULT now(),
    -- How many see it, and how often those who reported it were right: factors, kept by moderation/urgency.py.
    reach real NOT NULL DEFAULT 1,
    reporters real NOT NULL DEFAULT 1,
    -- Whom it waits for: anybody (first), a second person who confirms what is proposed, or a lead; and what brought it there.
    stage text NOT NULL DEFAULT 'first',
    handover_id bigint,
    -- The order in which people take items, falling: severity x reach x reporters x age, where age doubles it every six
    -- hours. As a logarithm to base two, so that age is what it loses by being queued later and the number never changes.
    urgency double precision NOT NULL GENERATED ALWAYS AS (
        ln(greatest(priority, 0.1)::double precision * reach * reporters) / ln(2::double precision)
        - extract(epoch FROM queued_at - timestamptz '2020-01-01 00:00:00+00')::double precision / 21600) STORED,
    CONSTRAINT queue_pkey PRIMARY KEY (id),
    CONSTRAINT queue_item_unique UNIQUE (site_id, comment_id, lane),
    CONSTRAINT queue_comment_fkey FOREIGN KEY (site_id, comment_id) REFERENCES comments (site_id, id) ON DELETE CASCADE,
    CONSTRAINT queue_appeal_fkey FOREIGN KEY (site_id, appeal_id) REFERENCES appeals (site_id, id) ON DELETE CASCADE,
    CONSTRAINT queue_lane_known CHECK (lane IN ('score', 'review', 'appeal')),
    CONSTRAINT queue_stage_known CHECK (stage IN ('first', 'second', 'lead')),
    CONSTRAINT queue_stage_whole CHECK ((stage = 'first') = (handover_id IS NULL)),
    CONSTRAINT queue_subject_known
        CHECK ((lane = 'appeal') = (appeal_id IS NOT NULL) AND (lane = 'appeal') = (comment_id IS NULL))
);
CREATE UNIQUE INDEX queue_appeal ON queue (site_id, appeal_id) WHERE lane = 'appeal';
CREATE INDEX queue_score ON queue (priority DESC, id) WHERE lane = 'score';
-- People's side: the most urgent first, the oldest first, and the views of moderation/views.py that may be few among many.
-- What was escalated is in a view of its own and in no other.
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

-- Many comments are decided by one act, a bounded step at a time, and put back by one: all of a reader's, or those that somebody
-- picked in the queue, one by one or by their scores.
CREATE TABLE batches (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    staff_id bigint NOT NULL,
    -- Whose comments; null for comments that were picked.
    reader_id bigint,
    action text NOT NULL DEFAULT 'reject',
    reason text,
    note text,
    state text NOT NULL DEFAULT 'doing',
    -- How many comments there were to decide on, and what became of them.
    total integer NOT NULL,
    decided integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    taken_back integer NOT NULL DEFAULT 0,
    -- Of those skipped: decided by somebody else meanwhile, or before somebody else just then.
    overtaken integer NOT NULL DEFAULT 0,
    claimed integer NOT NULL DEFAULT 0,
    -- What was picked, the newest first, each as it was then; and the band of scores if that was what it was picked by.
    comment_ids bigint[],
    revisions integer[],
    statuses text[],
    band jsonb,
    undone_at timestamptz,
    undone_by bigint,
    -- The comment (doing) or the decision (undoing) down to which it has come.
    reached bigint NOT NULL,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT batches_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT batches_idempotency_unique UNIQUE (site_id, staff_id, idempotency_key),
    CONSTRAINT batches_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT batches_state_known CHECK (state IN ('doing', 'done', 'undoing', 'undone')),
    CONSTRAINT batches_action_known CHECK (action IN ('publish', 'reject')),
    CONSTRAINT batches_reason_given CHECK ((action = 'reject') = (reason IS NOT NULL)),
    CONSTRAINT batches_subject_known
        CHECK ((reader_id IS NULL) = (comment_ids IS NOT NULL)
               AND coalesce(cardinality(comment_ids) = cardinality(revisions)
                            AND cardinality(comment_ids) = cardinality(statuses), reader_id IS NOT NULL))
);
CREATE INDEX batches_reader ON batches (site_id, reader_id, id);
CREATE INDEX batches_time ON batches (site_id, created_at, id) WHERE reader_id IS NULL;

-- The append-only record of every decision: the only thing that changes a comment's status.
CREATE TABLE decisions (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    comment_id bigint NOT NULL,
    revision integer NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    -- machine | staff | author | system
    actor text NOT NULL,
    staff_id bigint,
    reasons jsonb NOT NULL DEFAULT '[]',
    -- For the author of the comment, from whoever decided.
    note text,
    policy_version integer,
    model text,
    -- The decision that this one takes back.
    undoes bigint,
    -- The act on many comments that it is part of.
    batch_id bigint,
    -- The appeal that it decides, or takes the decision of back.
    appeal_id bigint,
    -- The handover that it answers: the proposal that it confirms, or how its item came to a lead.
    handover_id bigint,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT decisions_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT decisions_comment_fkey FOREIGN KEY (site_id, comment_id) REFERENCES comments (site_id, id),
    CONSTRAINT decisions_actor_known CHECK (actor IN ('machine', 'staff', 'author', 'system'))
);
CREATE INDEX decisions_comment ON decisions (site_id, comment_id, id);
-- The usual wait, of the last decisions by people.
CREATE INDEX decisions_waits ON decisions (site_id, id) WHERE actor = 'staff' AND from_status = 'held';
-- The record of what staff did, and of what was kept from readers.
CREATE INDEX decisions_by_staff ON decisions (site_id, created_at, id) WHERE actor = 'staff';
CREATE INDEX decisions_restrictions ON decisions (site_id, created_at, id) WHERE to_status <> 'published';
CREATE INDEX decisions_batch ON decisions (site_id, batch_id, id) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX decisions_idempotency_unique ON decisions (site_id, staff_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- One vote per reader and comment: 1 or -1.
CREATE TABLE votes (
    site_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    value smallint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT votes_pkey PRIMARY KEY (site_id, comment_id, reader_id),
    CONSTRAINT votes_comment_fkey FOREIGN KEY (site_id, comment_id) REFERENCES comments (site_id, id) ON DELETE CASCADE,
    CONSTRAINT votes_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT votes_value_known CHECK (value IN (-1, 1))
);
CREATE INDEX votes_reader ON votes (site_id, reader_id, comment_id);

-- A reader flags a comment; one report per reader and comment.
CREATE TABLE reports (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    comment_id bigint NOT NULL,
    -- Who reported it: a reader, or somebody without an account, whose notice is a ticket.
    reader_id bigint,
    ticket_id bigint,
    reason text NOT NULL,
    detail text,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Set by the decision that dealt with it.
    settled_by bigint,
    CONSTRAINT reports_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT reports_once UNIQUE (site_id, comment_id, reader_id),
    CONSTRAINT reports_somebodys CHECK (num_nonnulls(reader_id, ticket_id) = 1),
    CONSTRAINT reports_comment_fkey FOREIGN KEY (site_id, comment_id) REFERENCES comments (site_id, id) ON DELETE CASCADE,
    CONSTRAINT reports_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);
-- How often somebody's reports were right.
CREATE INDEX reports_record ON reports (site_id, reader_id, id) WHERE settled_by IS NOT NULL;

-- Whose comments a reader does not want to read.
CREATE TABLE mutes (
    site_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    muted_id bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mutes_pkey PRIMARY KEY (site_id, reader_id, muted_id),
    CONSTRAINT mutes_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT mutes_muted_fkey FOREIGN KEY (site_id, muted_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);

-- Where a reader wants to be told of answers.
CREATE TABLE mailboxes (
    site_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    email text NOT NULL,
    -- Mail about every answer to an own comment.
    replies boolean NOT NULL DEFAULT true,
    -- When the link was sent that confirms the address, and when it was followed: no other mail goes out before.
    asked_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    -- The last mail about answers: the next waits.
    mailed_at timestamptz,
    CONSTRAINT mailboxes_pkey PRIMARY KEY (site_id, reader_id),
    CONSTRAINT mailboxes_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);

-- Threads that a reader wants to hear of by mail.
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

-- What readers are still to be told by mail, gathered, so that nobody gets ten mails at once.
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

-- What staff set apart: comments pinned or featured, readers given a badge (null: taken away). Append-only.
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

-- What live readers are told. seq is the article's version at that moment, so an article's events have no gaps.
CREATE TABLE events (
    site_id bigint NOT NULL,
    article_id bigint NOT NULL,
    seq bigint NOT NULL,
    type text NOT NULL,
    comment_id bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT events_pkey PRIMARY KEY (site_id, article_id, seq),
    CONSTRAINT events_article_fkey FOREIGN KEY (site_id, article_id) REFERENCES articles (site_id, id) ON DELETE CASCADE,
    CONSTRAINT events_type_known CHECK (type IN ('published', 'changed', 'removed'))
);
CREATE INDEX events_age ON events (created_at);

-- Where a site wants to hear of its decisions and incidents (Standard Webhooks).
CREATE TABLE webhooks (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    url text NOT NULL,
    secret text NOT NULL,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The secret before, which signs as well until then: the receiver takes its time to learn the new one.
    former_secret text,
    former_until timestamptz,
    -- Why nothing is sent any more.
    disabled_why text,
    -- When the receiver last took something.
    delivered_at timestamptz,
    CONSTRAINT webhooks_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT webhooks_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);

-- What is still to be told to the outside, written in the transaction that it tells of; delivered in order per subject.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    site_id bigint NOT NULL,
    -- Null: a mail.
    webhook_id bigint,
    type text NOT NULL,
    -- What it is about; messages about one subject keep their order.
    subject text NOT NULL,
    payload jsonb NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    ready_at timestamptz NOT NULL DEFAULT now(),
    -- How the last try failed, and since when there will be no other.
    error text,
    gave_up_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_webhook_fkey FOREIGN KEY (site_id, webhook_id) REFERENCES webhooks (site_id, id) ON DELETE CASCADE
);
CREATE INDEX outbox_subject ON outbox (webhook_id, subject, id);
CREATE INDEX outbox_ready ON outbox (ready_at);
CREATE INDEX outbox_mail ON outbox (site_id, subject, id) WHERE webhook_id IS NULL;
CREATE INDEX outbox_gave_up ON outbox (gave_up_at) WHERE gave_up_at IS NOT NULL;

-- People who moderate or administer.
CREATE TABLE staff (
    id bigint GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL,
    name text NOT NULL,
    name_skeleton text NOT NULL,
    password_hash text NOT NULL,
    -- The secret of one-time codes (RFC 6238); since when they are asked for, null until the first was right; the step
    -- of the last code that was used, so that none works twice.
    totp_secret text,
    totp_since timestamptz,
    totp_step bigint NOT NULL DEFAULT 0,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT staff_pkey PRIMARY KEY (id),
    CONSTRAINT staff_email_unique UNIQUE (email),
    CONSTRAINT staff_email_lower CHECK (email = lower(email))
);

-- Who may do what on which site.
CREATE TABLE staff_roles (
    site_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    role text NOT NULL,
    -- The role does not count on this site.
    disabled_at timestamptz,
    CONSTRAINT staff_roles_pkey PRIMARY KEY (site_id, staff_id),
    CONSTRAINT staff_roles_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT staff_roles_staff_fkey FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE CASCADE,
    CONSTRAINT staff_roles_role_known CHECK (role IN ('moderator', 'lead', 'admin', 'auditor'))
);
CREATE INDEX staff_roles_staff ON staff_roles (staff_id);

-- A signed-in console: only the hash of the cookie is kept.
CREATE TABLE staff_sessions (
    token_hash bytea NOT NULL,
    -- What its owner names it by; no secret.
    id bigint GENERATED ALWAYS AS IDENTITY,
    staff_id bigint NOT NULL,
    -- The browser's family and system, no more.
    browser text NOT NULL DEFAULT '',
    -- Opened with a second factor.
    strong boolean NOT NULL DEFAULT false,
    -- Kept to a few minutes.
    seen_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT staff_sessions_pkey PRIMARY KEY (token_hash),
    CONSTRAINT staff_sessions_id_unique UNIQUE (id),
    CONSTRAINT staff_sessions_staff_fkey FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE CASCADE
);
CREATE INDEX staff_sessions_staff ON staff_sessions (staff_id, id);

-- What opens an account whose telephone is lost: each once; a used one is gone.
CREATE TABLE staff_recovery_codes (
    staff_id bigint NOT NULL,
    code_hash bytea NOT NULL,
    CONSTRAINT staff_recovery_codes_pkey PRIMARY KEY (staff_id, code_hash),
    CONSTRAINT staff_recovery_codes_staff_fkey FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE CASCADE
);

-- Passkeys (WebAuthn): they stand for both factors.
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

-- What a passkey has to sign, for a few minutes, once; staff_id where one is being added.
CREATE TABLE staff_challenges (
    challenge bytea NOT NULL,
    staff_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT staff_challenges_pkey PRIMARY KEY (challenge),
    CONSTRAINT staff_challenges_staff_fkey FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE CASCADE
);
CREATE INDEX staff_challenges_age ON staff_challenges (created_at);

-- Invitations to a site's staff, and new passwords: each link works once.
CREATE TABLE staff_links (
    id bigint GENERATED ALWAYS AS IDENTITY,
    token_hash bytea NOT NULL,
    kind text NOT NULL,
    -- Whom it is from, and where it is recorded.
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

-- What somebody on the staff looks at again and again: a view of the queue or a search, as in the console's address.
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

-- What staff do that no other log has: the record (service/store/record.py) is read from all of them.
CREATE TABLE staff_events (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    staff_id bigint NOT NULL,
    action text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT staff_events_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT staff_events_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT staff_events_action_known
        CHECK (action IN ('session.sign_in', 'session.sign_out', 'record.export', 'article.mode', 'answers.save',
                          'answers.delete', 'fault.mend', 'incident.resolve', 'session.revoke', 'account.password',
                          'account.reset', 'account.totp_on', 'account.totp_off', 'account.recovery_code',
                          'account.passkey_add', 'account.passkey_remove', 'staff.invite', 'staff.uninvite', 'staff.join',
                          'staff.role', 'staff.disable', 'staff.enable', 'staff.remove', 'staff.reset', 'site.people',
                          'reader.remove_comments', 'reader.restore_comments'))
);

-- What staff note about a reader, for colleagues; a reader never sees it.
CREATE TABLE reader_notes (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    reader_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    body text NOT NULL,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reader_notes_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT reader_notes_idempotency_unique UNIQUE (site_id, staff_id, idempotency_key),
    CONSTRAINT reader_notes_reader_fkey FOREIGN KEY (site_id, reader_id)
        REFERENCES readers (site_id, id) ON DELETE CASCADE
);
CREATE INDEX reader_notes_reader ON reader_notes (site_id, reader_id, id);

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

-- A reader has trouble commenting.
CREATE TABLE tickets (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    -- What the reader quotes: PX-7F3K-9Q2M.
    reference text NOT NULL,
    -- Opens the reader's private page; only its hash is kept.
    secret_hash bytea NOT NULL,
    category text NOT NULL,
    state text NOT NULL DEFAULT 'received',
    message text NOT NULL,
    email text,
    article_key text,
    comment_id bigint,
    reader_id bigint,
    diagnostics jsonb NOT NULL DEFAULT '{}',
    -- Came over the limit, or in a way that people do not use: taken all the same, and looked at last.
    overflow boolean NOT NULL DEFAULT false,
    idempotency_key text NOT NULL,
    -- The likeliest cause by the reader's diagnosis.
    cause text,
    -- What tickets about one failure have in common: cause, error code, build, browser and its major version, route.
    fingerprint text,
    -- Tells clients apart without saying who they are; forgotten after seven days.
    client_hash text,
    resolved_at timestamptz,
    merged_into bigint,
    incident_id bigint,
    -- What it was handed over as.
    appeal_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tickets_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT tickets_reference_unique UNIQUE (site_id, reference),
    CONSTRAINT tickets_idempotency_unique UNIQUE (site_id, idempotency_key),
    CONSTRAINT tickets_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT tickets_merged_fkey FOREIGN KEY (site_id, merged_into) REFERENCES tickets (site_id, id),
    CONSTRAINT tickets_incident_fkey FOREIGN KEY (site_id, incident_id) REFERENCES incidents (site_id, id),
    CONSTRAINT tickets_appeal_fkey FOREIGN KEY (site_id, appeal_id) REFERENCES appeals (site_id, id),
    CONSTRAINT tickets_state_known CHECK (state IN (
        'received', 'diagnosed', 'self_solved', 'open', 'waiting_reader', 'in_progress', 'resolved', 'closed',
        'merged', 'linked', 'handed_over', 'spam'))
);
ALTER TABLE reports ADD CONSTRAINT reports_ticket_fkey FOREIGN KEY (site_id, ticket_id)
    REFERENCES tickets (site_id, id) ON DELETE CASCADE;
CREATE INDEX tickets_inbox ON tickets (site_id, state, id);
CREATE INDEX tickets_by_cause ON tickets (site_id, cause, created_at);
CREATE INDEX tickets_incident ON tickets (site_id, incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX tickets_appeal ON tickets (site_id, appeal_id) WHERE appeal_id IS NOT NULL;
CREATE INDEX tickets_resolved ON tickets (resolved_at) WHERE state IN ('resolved', 'self_solved');
CREATE INDEX tickets_words ON tickets USING gin (to_tsvector('simple'::regconfig, message));
CREATE INDEX tickets_time ON tickets (site_id, created_at);

-- What was said on a ticket, by the reader or by staff; notes stay among staff.
CREATE TABLE ticket_messages (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    ticket_id bigint NOT NULL,
    author text NOT NULL,
    staff_id bigint,
    body text NOT NULL,
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_messages_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT ticket_messages_idempotency_unique UNIQUE (site_id, ticket_id, idempotency_key),
    CONSTRAINT ticket_messages_ticket_fkey FOREIGN KEY (site_id, ticket_id)
        REFERENCES tickets (site_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_messages_author_known CHECK (author IN ('reader', 'staff', 'note'))
);
CREATE INDEX ticket_messages_ticket ON ticket_messages (site_id, ticket_id, id);
CREATE INDEX ticket_messages_time ON ticket_messages (site_id, created_at, id);

-- Each step of a ticket's life: from which state to which, by the reader, a member of staff, or the service itself.
CREATE TABLE ticket_steps (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    ticket_id bigint NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    actor text NOT NULL,
    staff_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_steps_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT ticket_steps_ticket_fkey FOREIGN KEY (site_id, ticket_id)
        REFERENCES tickets (site_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_steps_actor_known CHECK (actor IN ('reader', 'staff', 'system'))
);
CREATE INDEX ticket_steps_ticket ON ticket_steps (site_id, ticket_id, id);
CREATE INDEX ticket_steps_time ON ticket_steps (site_id, created_at, id);

-- What staff write again and again to readers, with places to be filled in, such as {name}.
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

-- The log's lines of calls that did not succeed, for a few days: a ticket names one by its request's id. No body, token
-- or address is in them; `route` is the pattern, not the path.
CREATE TABLE failed_requests (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    request_id text NOT NULL,
    route text NOT NULL,
    status integer NOT NULL,
    -- The problem's code, and the kind of what went wrong on our side.
    code text,
    error text,
    milliseconds double precision NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT failed_requests_pkey PRIMARY KEY (site_id, id),
    CONSTRAINT failed_requests_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);
CREATE INDEX failed_requests_by_id ON failed_requests (site_id, request_id);
CREATE INDEX failed_requests_age ON failed_requests (at);

-- What is wrong with a publisher's pages, as readers' browsers met it.
CREATE TABLE site_faults (
    site_id bigint NOT NULL,
    cause text NOT NULL,
    -- Where: the page's origin, or the code that a token was refused with.
    detail text NOT NULL,
    seen bigint NOT NULL DEFAULT 1,
    example jsonb NOT NULL DEFAULT '{}',
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    -- Somebody said that it is over; null again when it is met again.
    mended_at timestamptz,
    mended_by bigint,
    CONSTRAINT site_faults_pkey PRIMARY KEY (site_id, cause, detail),
    CONSTRAINT site_faults_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);

-- The moderation workers that are there: each says every few seconds how its classifier does.
CREATE TABLE workers (
    name text NOT NULL,
    classifier text,
    state text NOT NULL,
    detail text NOT NULL DEFAULT '',
    seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT workers_pkey PRIMARY KEY (name),
    CONSTRAINT workers_state_known CHECK (state IN ('ready', 'unavailable'))
);

-- Token buckets of the rate limits: lost in a crash, which costs nothing.
CREATE UNLOGGED TABLE rate_buckets (
    key text NOT NULL,
    tokens double precision NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rate_buckets_pkey PRIMARY KEY (key)
) WITH (fillfactor = 50);

-- Who readers are: publishers' own sign-in, links by mail, OpenID; families of refresh tokens; the account's page; portraits.

ALTER TABLE sites ADD COLUMN mail_sign_in boolean NOT NULL DEFAULT true;

ALTER TABLE readers
    ADD COLUMN email text,
    ADD COLUMN avatar_url text,
    ADD COLUMN erased_at timestamptz,
    ADD COLUMN portrait text;

ALTER TABLE sessions ADD COLUMN family uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE sessions ADD CONSTRAINT sessions_family_unique UNIQUE (site_id, family);
ALTER TABLE sessions DROP CONSTRAINT sessions_token_unique;
DROP INDEX sessions_previous;

CREATE TABLE sso_issuers (
    site_id bigint NOT NULL,
    issuer text NOT NULL,
    audience text NOT NULL,
    jwks_url text,
    jwks jsonb,
    jwks_fetched_at timestamptz,
    jwks_asked_at timestamptz,
    jwks_error text,
    CONSTRAINT sso_issuers_pkey PRIMARY KEY (site_id),
    CONSTRAINT sso_issuers_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);

CREATE TABLE sso_keys (
    site_id bigint NOT NULL,
    kid text NOT NULL,
    algorithm text NOT NULL,
    jwk jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sso_keys_pkey PRIMARY KEY (site_id, kid),
    CONSTRAINT sso_keys_issuer_fkey FOREIGN KEY (site_id) REFERENCES sso_issuers (site_id) ON DELETE CASCADE,
    CONSTRAINT sso_keys_algorithm_known CHECK (algorithm IN ('HS256', 'RS256', 'ES256', 'EdDSA'))
);

CREATE TABLE oidc_clients (
    site_id bigint NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    client_secret text,
    label text NOT NULL,
    CONSTRAINT oidc_clients_pkey PRIMARY KEY (site_id),
    CONSTRAINT oidc_clients_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);

CREATE TABLE sign_ins (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    ticket_hash bytea NOT NULL,
    secret_hash bytea NOT NULL,
    code_hash bytea,
    browser_hash bytea,
    return_to text NOT NULL,
    guest_id bigint,
    email text,
    link_hash bytea,
    number smallint,
    mails smallint NOT NULL DEFAULT 0,
    confirmed_at timestamptz,
    state_hash bytea,
    nonce text,
    verifier text,
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

CREATE TABLE account_links (
    site_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    reader_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT account_links_pkey PRIMARY KEY (site_id, token_hash),
    CONSTRAINT account_links_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE
);

CREATE TABLE portraits (
    site_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    source_url text NOT NULL,
    media_type text NOT NULL,
    body bytea NOT NULL,
    digest text NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT portraits_pkey PRIMARY KEY (site_id, reader_id),
    CONSTRAINT portraits_reader_fkey FOREIGN KEY (site_id, reader_id) REFERENCES readers (site_id, id) ON DELETE CASCADE,
    CONSTRAINT portraits_size CHECK (length(body) <= 262144)
);
CREATE INDEX portraits_digest ON portraits (site_id, digest);

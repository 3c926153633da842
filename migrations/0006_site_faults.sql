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
    CONSTRAINT site_faults_pkey PRIMARY KEY (site_id, cause, detail),
    CONSTRAINT site_faults_site_fkey FOREIGN KEY (site_id) REFERENCES sites (id)
);

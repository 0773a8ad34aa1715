-- Sources: who is registered, when each was heard, when it may be silent, what it has signed.

CREATE TABLE source (
    source_id text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    gateway text,
    unit text NOT NULL DEFAULT '',
    place json NOT NULL DEFAULT '{}',
    slow float8,
    patience float8,
    is_registered boolean NOT NULL DEFAULT true,
    watched_since timestamptz NOT NULL DEFAULT now(),
    heard_at timestamptz,
    silenced_at timestamptz
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX source_gateway ON source (gateway);
COMMENT ON COLUMN source.gateway IS 'Set for a camera: the registered source that it speaks through.';
COMMENT ON COLUMN source.unit IS 'Where it is on the ground: the code of the smallest unit that is known.';
COMMENT ON COLUMN source.patience IS 'Seconds; null: nobody minds if it is silent.';
COMMENT ON COLUMN source.silenced_at IS 'A projection of SourceSilenced and SourceRecovered.';

CREATE TABLE listening (
    is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    since timestamptz NOT NULL DEFAULT now(),
    last timestamptz NOT NULL DEFAULT now()
);
INSERT INTO listening DEFAULT VALUES;
COMMENT ON TABLE listening IS 'Since when intake listens without a gap: what it could not hear is nobody''s silence.';

CREATE TABLE maintenance (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id text NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    starts_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL CHECK (ends_at >= starts_at),
    noted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX maintenance_ends_at ON maintenance (ends_at);
COMMENT ON COLUMN maintenance.source_id IS 'A source with all below it, or a unit of the ground with all cameras in it.';

CREATE TABLE signature (
    digest bytea PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX signature_seen_at ON signature USING brin (seen_at);
COMMENT ON TABLE signature IS 'Signatures that were used: none is taken twice.';

CREATE TABLE service_request (
    request_id text PRIMARY KEY,
    thread text NOT NULL,
    origin text NOT NULL,
    service_code text NOT NULL,
    description text NOT NULL,
    address text,
    longitude float8,
    latitude float8,
    requested_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    is_closed boolean NOT NULL DEFAULT false,
    notes text NOT NULL DEFAULT ''
);
CREATE INDEX service_request_origin ON service_request (origin, requested_at);
COMMENT ON TABLE service_request IS 'Reports that came by Open311, masked, and what is known to have become of them.';

CREATE VIEW source_condition AS
SELECT s.*, m.ends_at AS maintained_until,
       CASE WHEN m.ends_at > now() THEN 'maintenance'
            WHEN s.patience IS NULL THEN 'unwatched'
            WHEN now() - quiet.since >= make_interval(secs => s.patience) THEN 'expired'
            WHEN now() - quiet.since >= make_interval(secs => s.slow) THEN 'slow'
            ELSE 'ok' END AS condition
FROM source s
CROSS JOIN listening l
LEFT JOIN LATERAL (
    SELECT max(w.ends_at) AS ends_at FROM maintenance w
    WHERE w.starts_at <= now() AND w.ends_at > now() - interval '32 days'
      AND (w.source_id = s.source_id OR starts_with(s.source_id, w.source_id || '/')
           OR starts_with(s.unit, w.source_id))
) m ON true
CROSS JOIN LATERAL (SELECT greatest(s.heard_at, s.watched_since, l.since, m.ends_at) AS since) quiet
WHERE s.is_registered;
COMMENT ON VIEW source_condition IS 'How each source does now. Its patience begins anew with the end of a maintenance.';

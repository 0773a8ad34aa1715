-- What the risk watch is told, what it remembers, and what it has warned of.

CREATE TABLE risk_sighting (
    incident_id text NOT NULL,
    category text NOT NULL,
    district text NOT NULL,
    area text NOT NULL,
    teller text NOT NULL,
    day date NOT NULL,
    counted boolean NOT NULL DEFAULT false,
    taken_back boolean NOT NULL DEFAULT false,
    PRIMARY KEY (incident_id, category)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX risk_sighting_pending ON risk_sighting (district) WHERE counted = taken_back;
CREATE INDEX risk_sighting_evidence ON risk_sighting (district, category, day);
COMMENT ON TABLE risk_sighting IS 'Incidents as the risk watch counts them. Where counted = taken_back it has yet to hear of it.';
COMMENT ON COLUMN risk_sighting.area IS 'The smallest area that is known: 12, 15 or 18 digits.';
COMMENT ON COLUMN risk_sighting.day IS 'The local day.';

CREATE TABLE risk_watch (
    district text PRIMARY KEY,
    version int NOT NULL,
    slot bigint NOT NULL,
    state bytea NOT NULL
);
COMMENT ON COLUMN risk_watch.version IS 'Grows with each look: who looked at an older one looks again.';
COMMENT ON COLUMN risk_watch.slot IS 'The number of the last look since 1970, at the set pace.';
COMMENT ON COLUMN risk_watch.state IS 'JSON, compressed by zlib.';

CREATE TABLE risk_warning (
    warning_id text PRIMARY KEY,
    incident_id text NOT NULL UNIQUE,
    district text NOT NULL,
    category text NOT NULL,
    category_name text NOT NULL,
    area text NOT NULL,
    area_name text NOT NULL,
    level text NOT NULL,
    days int NOT NULL,
    observed int NOT NULL,
    expected float8 NOT NULL,
    interval_days float8 NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    reasons text NOT NULL,
    incidents text NOT NULL,
    raised_at timestamptz NOT NULL DEFAULT now(),
    subsided_at timestamptz,
    finding text NOT NULL DEFAULT '',
    outcome text,
    closed_at timestamptz
);
CREATE UNIQUE INDEX risk_warning_standing ON risk_warning (district, category, area) WHERE subsided_at IS NULL;
CREATE INDEX risk_warning_raised_at ON risk_warning (raised_at);
COMMENT ON COLUMN risk_warning.incidents IS 'The evidence: ids with a blank between them.';
COMMENT ON COLUMN risk_warning.finding IS 'What those found who looked, a sentence a line.';
